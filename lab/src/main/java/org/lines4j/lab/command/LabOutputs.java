package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import org.lines4j.cli.Json;
import org.lines4j.cli.RunMixin;
import org.lines4j.files.AtomicFile;

/// What every lab leaves in its folder, and says in the end.
final class LabOutputs {
  private LabOutputs() {}

  /// Writes the page, and shows the tables that matter most, or where all are.
  ///
  /// @param folder which holds `results.json` already
  static void publish(RunMixin run, Path folder, String page, String excerpt) throws IOException {
    Path report = folder.resolve("report.html");
    AtomicFile.write(report, page);
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            json.writeStringProperty("results", folder.resolve("results.json").toString());
            json.writeStringProperty("report", report.toString());
          });
    } else {
      run.out().println(excerpt);
      run.out().flush();
      run.say("all tables and figures: " + report);
    }
  }
}
