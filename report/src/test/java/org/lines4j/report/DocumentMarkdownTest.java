package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;

class DocumentMarkdownTest {
  /// Names of tasks, methods and programs come from files.
  @Test
  void nothingOfATextIsMarkupALinkOrALineOfItsOwn() {
    String hostile = "a<img src=x>|[y](z)\n# EVIL\u202e";
    String plain = "a&lt;img src=x>|[y]\\(z)\\u000a# EVIL\\u202e";
    String cell = plain.replace("|", "\\|");
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
                            hostile, List.of("task", hostile), List.of(List.of(hostile, "1"))),
                        new Figure("figure", hostile, "<svg/>")))));
    assertEquals(
        """
        # %1$s

        %1$s

        ## %1$s

        %1$s

        %1$s:

        | task | %2$s |
        |---|---:|
        | %2$s | 1 |

        ![%1$s](figure.svg)
        """
            .formatted(plain, cell),
        DocumentMarkdown.text(document));
  }

  @Test
  void whatIsNoMarkupStaysAsItIs() {
    Text text = new Text("λ < 1, `--out` and 3 <= n: **best**");
    assertEquals("λ < 1, `--out` and 3 <= n: **best**", DocumentMarkdown.block(text));
  }
}
