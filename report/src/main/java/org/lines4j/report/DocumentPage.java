package org.lines4j.report;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lines4j.error.Version;
import org.lines4j.report.Document.Block;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// A [Document] as one HTML file that needs no other file, no network and no script.
public final class DocumentPage {
  /// What a cell has on one line, whatever the page's width.
  private static final int LONGEST_LINE = 40;

  /// What Markdown has code in: [DocumentMarkdown] leaves it as it is.
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static final Pattern WORD = Pattern.compile("[\\p{L}`]");

  private DocumentPage() {}

  /// The whole page.
  public static String html(Document document) {
    return new Template(Assets.own("document.html"))
        .fill(
            Map.of(
                "title", Html.escape(document.title()),
                "summary", words(document.summary()),
                "version", Html.escape(Version.current()),
                "style", Assets.own("page.css") + Assets.own("document.css"),
                "body", all(document.sections(), DocumentPage::section)));
  }

  private static <T> String all(List<T> parts, java.util.function.Function<T, String> html) {
    return parts.stream().map(html).collect(Collectors.joining("\n"));
  }

  private static String words(String text) {
    return CODE.matcher(Html.escape(text)).replaceAll("<code>$1</code>");
  }

  private static String section(Section section) {
    return "<section>\n<h2>%s</h2>\n%s\n</section>"
        .formatted(words(section.title()), all(section.blocks(), DocumentPage::block));
  }

  private static String block(Block block) {
    return switch (block) {
      case Text(String text) -> "<p>" + words(text) + "</p>";
      case Table table -> table(table);
      case Figure(String _, String caption, String svg) ->
          "<figure>\n%s\n<figcaption>%s</figcaption>\n</figure>".formatted(svg, words(caption));
    };
  }

  private static String table(Table table) {
    Set<Integer> words =
        IntStream.range(0, table.header().size())
            .filter(column -> isText(table, column))
            .boxed()
            .collect(Collectors.toSet());
    return """
    <div class="scroll"><table>
    <caption><span>%s</span></caption>
    <thead>%s</thead>
    <tbody>%s</tbody>
    </table></div>\
    """
        .formatted(
            words(table.caption()),
            row(words, "th", table.header()),
            all(table.rows(), cells -> row(words, "td", cells)));
  }

  /// @param words columns that are no numbers
  private static String row(Set<Integer> words, String element, List<String> cells) {
    return IntStream.range(0, cells.size())
        .mapToObj(
            i ->
                "<%s%s>%s</%s>"
                    .formatted(
                        element,
                        classes(words.contains(i), cells.get(i)),
                        words(cells.get(i)),
                        element))
        .collect(Collectors.joining("", "<tr>", "</tr>"));
  }

  /// A sentence may have several lines.
  private static String classes(boolean isText, String cell) {
    String wrap = cell.length() > LONGEST_LINE ? " wrap" : "";
    String classes = (isText ? "text" : "") + wrap;
    return classes.isEmpty() ? "" : " class=\"%s\"".formatted(classes.strip());
  }

  /// The first cell names its row; numbers begin with no letter.
  private static boolean isText(Table table, int column) {
    return column == 0
        || table.rows().stream()
            .map(row -> row.get(column))
            .anyMatch(cell -> WORD.matcher(cell).lookingAt());
  }
}
