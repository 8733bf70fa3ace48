package org.lines4j.report;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.error.Shown;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// A [Document] as Markdown, its figures in files beside it.
public final class DocumentMarkdown {
  /// What begins a tag or a comment.
  private static final Pattern HTML = Pattern.compile("<(?=[A-Za-z/!?])");

  private DocumentMarkdown() {}

  /// The whole text. Figures are named `NAME.svg`.
  public static String text(Document document) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(plain(document.title()));
    text.append("\n\n").append(plain(document.summary()));
    for (Section section : document.sections()) {
      text.append("\n\n## ").append(plain(section.title()));
      section.blocks().forEach(block -> text.append("\n\n").append(block(block)));
    }
    return text.append('\n').toString();
  }

  /// A single block.
  public static String block(Block block) {
    return switch (block) {
      case Text(String words) -> plain(words);
      case Table(String caption, List<String> header, List<List<String>> rows) ->
          (caption.isEmpty() ? "" : plain(caption) + ":\n\n")
              + row(header)
              + "\n|---|"
              + "---:|".repeat(header.size() - 1)
              + rows.stream().map(cells -> "\n" + row(cells)).collect(Collectors.joining());
      case Figure(String name, String caption, String _) ->
          "![%s](%s.svg)".formatted(plain(caption), name.toLowerCase(Locale.ROOT));
    };
  }

  /// One line of text, in which code and stress are ours: names in it may be anybody's, so nothing
  /// of it is HTML or a link, and no character turns the text around it.
  private static String plain(String text) {
    return HTML.matcher(Shown.whole(text)).replaceAll("&lt;").replace("](", "]\\(");
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> plain(cell).replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
