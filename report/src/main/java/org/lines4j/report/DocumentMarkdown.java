package org.lines4j.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// A [Document] as Markdown, its figures in files beside it.
public final class DocumentMarkdown {
  private DocumentMarkdown() {}

  /// The whole text. Figures are named `NAME.svg`.
  public static String text(Document document) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(document.title()).append("\n\n").append(document.summary());
    for (Section section : document.sections()) {
      text.append("\n\n## ").append(section.title());
      section.blocks().forEach(block -> text.append("\n\n").append(block(block)));
    }
    return text.append('\n').toString();
  }

  /// A single block.
  public static String block(Block block) {
    return switch (block) {
      case Text(String words) -> words;
      case Table(String caption, List<String> header, List<List<String>> rows) ->
          (caption.isEmpty() ? "" : caption + ":\n\n")
              + row(header)
              + "\n|---|"
              + "---:|".repeat(header.size() - 1)
              + rows.stream().map(cells -> "\n" + row(cells)).collect(Collectors.joining());
      case Figure(String name, String caption, String _) ->
          "![%s](%s.svg)".formatted(caption, name.toLowerCase(Locale.ROOT));
    };
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
