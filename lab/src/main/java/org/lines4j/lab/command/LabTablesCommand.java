package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.RunMixin;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.experiment.FairResults;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.result.FairReport;
import org.lines4j.lab.result.FrontPage;
import org.lines4j.lab.result.LabReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lines lab tables`.
@Command(
    name = "tables",
    header = "Write the tables and figures of results that there are.",
    customSynopsis = "lines lab tables RESULTS [OPTIONS]",
    description = "What the project's own docs are made with: figures are never typed.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LabTablesCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RESULTS", description = "The results.json of a lab, whichever.")
  private Path results;

  @Option(
      names = "--docs",
      paramLabel = "DIR",
      description = "Write README.md and its figures into this folder.")
  private @Nullable Path docs;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write everything as one self-contained page.")
  private @Nullable Path html;

  @Option(
      names = "--readme",
      paramLabel = "FILE",
      description = "Replace the tables between the marks of this Markdown file.")
  private @Nullable Path readme;

  @Mixin private RunMixin run = new RunMixin();

  LabTablesCommand() {}

  @Override
  public Integer call() throws IOException {
    if (FairResults.isOne(results)) {
      return texts(FairResults.read(results));
    }
    LabResults read = LabResults.read(results);
    if (docs != null) {
      LabReport.writeMarkdown(read, docs);
    }
    if (html != null) {
      AtomicFile.write(html, LabReport.html(read));
    }
    if (readme != null) {
      AtomicFile.write(readme, FrontPage.of(readme).with(LabReport.excerpt(read)));
    }
    if (docs == null && html == null && readme == null) {
      run.out().println(LabReport.excerpt(read));
      run.out().flush();
    }
    return 0;
  }

  private int texts(FairResults read) throws IOException {
    if (readme != null) {
      throw new RequestException("--readme takes the results of the lab of rendered images");
    }
    if (docs != null) {
      FairReport.writeMarkdown(read, docs);
    }
    if (html != null) {
      AtomicFile.write(html, FairReport.html(read));
    }
    if (docs == null && html == null) {
      run.out().println(FairReport.excerpt(read));
      run.out().flush();
    }
    return 0;
  }
}
