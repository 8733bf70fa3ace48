package org.lines4j.report;

import java.util.Map;
import org.lines4j.error.Version;

/// The page that shows how merge methods compare: the best score of each over the evaluations, with
/// LiNeS and with uniform scaling, and the table of the best.
public final class ContestPage {
  private ContestPage() {}

  /// One HTML file that needs no other file and no network.
  ///
  /// Texts in the results may hold anything: they are only ever shown as text.
  ///
  /// @param results the text of a search's `contest.json`, a JSON document
  public static String html(String results) {
    return new Template(Assets.own("contest.html"))
        .fill(
            Map.of(
                "version", Html.escape(Version.current()),
                "style", Assets.plotStyle() + Assets.own("page.css") + Assets.own("tune.css"),
                "plot", Assets.plotScript(),
                "page", Assets.own("page.js"),
                "plots", Assets.own("plots.js"),
                "contest", Assets.own("contest.js"),
                "data", Template.data(results)));
  }
}
