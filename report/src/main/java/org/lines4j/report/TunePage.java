package org.lines4j.report;

import java.util.Map;
import org.lines4j.error.Version;

/// The page that shows what a search for α and β found: target against control, a metric over the
/// numbers that were searched, λ of the winner over depth, and all trials.
public final class TunePage {
  private TunePage() {}

  /// One HTML file that needs no other file and no network.
  ///
  /// Texts in the results may hold anything: they are only ever shown as text.
  ///
  /// @param results the text of a search's `results.json`, a JSON document
  public static String html(String results) {
    return new Template(Assets.own("tune.html"))
        .fill(
            Map.of(
                "version", Html.escape(Version.current()),
                "style", Assets.plotStyle() + Assets.own("page.css") + Assets.own("tune.css"),
                "plot", Assets.plotScript(),
                "page", Assets.own("page.js"),
                "plots", Assets.own("plots.js"),
                "tune", Assets.own("tune.js"),
                "charts", Assets.own("tune-charts.js"),
                "data", Template.data(results)));
  }
}
