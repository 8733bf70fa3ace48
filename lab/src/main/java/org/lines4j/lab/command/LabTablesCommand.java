package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.RunMixin;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.experiment.FairResults;
import org.lines4j.lab.result.FairReport;
import org.lines4j.lab.result.FrontPage;
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
  @Parameters(
      paramLabel = "RESULTS",
      description = "A lab of texts or icons: its folder, or the results.json in it.")
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
    FairResults read = FairResults.read(results);
    if (docs != null) {
      FairReport.writeMarkdown(read, docs);
    }
    if (html != null) {
      AtomicFile.write(html, FairReport.html(read));
    }
    if (readme != null) {
      AtomicFile.write(readme, FrontPage.of(readme).with(FairReport.excerpt(read)));
    }
    if (docs == null && html == null && readme == null) {
      run.out().println(FairReport.excerpt(read));
      run.out().flush();
    }
    return 0;
  }
}
