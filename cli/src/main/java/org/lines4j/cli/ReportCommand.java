package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.report.ContestPage;
import org.lines4j.report.TunePage;
import org.lines4j.tune.record.ResultFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `lines report`.
@Command(
    name = "report",
    header = "Draw the page of a search again.",
    customSynopsis = "lines report DIR [OPTIONS]",
    description = {
      "Reads DIR/results.json or contest.json of 'lines tune' and writes",
      "DIR/report.html."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ReportCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "What 'lines tune' had as --out.")
  private Path named;

  @Mixin private RunMixin run;

  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    Path dir = folder();
    Path page = dir.resolve(ResultFiles.REPORT);
    boolean isContest = Files.isRegularFile(dir.resolve(ResultFiles.CONTEST));
    String html =
        isContest
            ? ContestPage.html(ResultFiles.readContest(dir))
            : TunePage.html(ResultFiles.read(dir));
    AtomicFile.write(page, html);
    if (run.isJson()) {
      Json.print(run.out(), json -> json.writeStringProperty("out", page.toString()));
    }
    run.say("drew " + page);
    return 0;
  }

  /// Who names one of its files means the folder.
  private Path folder() {
    if (!Files.isRegularFile(named)) {
      return named;
    }
    String name = String.valueOf(named.getFileName());
    if (name.equals(ResultFiles.RESULTS) || name.equals(ResultFiles.CONTEST)) {
      return named.resolveSibling("");
    }
    throw new RequestException(named, "is a file")
        .withRemedy(
            "name the folder that 'lines tune' had as --out, or its " + ResultFiles.RESULTS);
  }
}
