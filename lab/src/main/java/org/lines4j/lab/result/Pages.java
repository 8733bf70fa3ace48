package org.lines4j.lab.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.files.AtomicFile;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.DocumentMarkdown;

/// Documents as folders of Markdown.
final class Pages {
  private Pages() {}

  /// Writes `README.md` and the figures that it shows.
  static void write(Document document, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Section section : document.sections()) {
      for (Block block : section.blocks()) {
        if (block instanceof Figure(String name, String _, String svg)) {
          AtomicFile.write(folder.resolve(name + ".svg"), svg + "\n");
        }
      }
    }
    AtomicFile.write(folder.resolve("README.md"), DocumentMarkdown.text(document));
  }
}
