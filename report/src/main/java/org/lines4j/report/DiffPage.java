package org.lines4j.report;

import java.util.Map;
import org.lines4j.diff.Diff;
import org.lines4j.error.Version;

/// The page that shows a [Diff]: how much fine-tuning changed the model, over its depth, by layer
/// and by tensor.
public final class DiffPage {
  private DiffPage() {}

  /// One HTML file that needs no other file and no network.
  ///
  /// Names may hold anything: they are only ever shown as text.
  ///
  /// @param baseName what the page calls the pre-trained model
  /// @param tunedName what the page calls the fine-tuned model
  public static String html(Diff diff, String baseName, String tunedName) {
    String version = Version.current();
    return new Template(Assets.own("diff.html"))
        .fill(
            Map.of(
                "base", Html.escape(baseName),
                "tuned", Html.escape(tunedName),
                "version", Html.escape(version),
                "style", Assets.plotStyle() + Assets.own("page.css"),
                "plot", Assets.plotScript(),
                "page", Assets.own("page.js"),
                "figures", Assets.own("figures.js"),
                "charts", Assets.own("charts.js"),
                "tables", Assets.own("tables.js"),
                "data", DiffJson.write(diff)));
  }
}
