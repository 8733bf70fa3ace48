package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

/// The page of labs and of the demo.
class DocumentPageTest {
  /// Texts that models are measured on, names of tasks, methods and programs come from files.
  @Test
  void nothingOfATextIsMarkupOrTurnsThePage() {
    String hostile = "EVIL<img src=x onerror=1></script><!-- \u202e\u001b[31m\"'";
    Document document =
        new Document(
            hostile,
            hostile,
            List.of(
                new Section(
                    hostile,
                    List.of(
                        new Text(hostile),
                        new Table(
                            hostile, List.of("task", hostile), List.of(List.of(hostile, hostile))),
                        new Figure("figure", hostile, "<svg/>")))));
    String page = DocumentPage.html(document);
    assertFalse(page.contains("<img src=x"), page);
    assertFalse(page.contains("\u202e") || page.contains("\u001b"), page);
    String plain =
        "EVIL&lt;img src=x onerror=1&gt;&lt;/script&gt;&lt;!-- \\u202e\\u001b[31m&quot;&#39;";
    assertEquals(
        page.split("EVIL", -1).length, page.split(java.util.regex.Pattern.quote(plain), -1).length);
  }

  /// Else a page of texts is wider than its window.
  @Test
  void sentencesInTablesHaveSeveralLines() {
    String sentence = "any of various large tropical carnivorous lizards of Africa";
    Table table = new Table("Texts", List.of("text", "is"), List.of(List.of(sentence, "a fish")));
    String page =
        DocumentPage.html(new Document("t", "i", List.of(new Section("s", List.of(table)))));
    assertTrue(page.contains("<td class=\"text wrap\">" + sentence), page);
    assertTrue(page.contains("<td class=\"text\">a fish"), page);
  }

  @Test
  void codeIsShownAsCodeAndNumbersStandToTheRight() {
    Table table =
        new Table("By `x`", List.of("n", "`a`", "n"), List.of(List.of("1", "`b<`", "0.5 ± 1")));
    String page =
        DocumentPage.html(
            new Document("t", "by `run it`.", List.of(new Section("s", List.of(table)))));
    assertTrue(page.contains("<p>by <code>run it</code>.</p>"), page);
    assertTrue(page.contains("By <code>x</code>"), page);
    assertTrue(page.contains("<td class=\"text\"><code>b&lt;</code></td><td>0.5 ± 1"), page);
    assertFalse(page.contains("`"), page);
  }
}
