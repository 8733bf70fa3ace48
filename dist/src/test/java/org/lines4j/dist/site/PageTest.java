package org.lines4j.dist.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageTest {
  @Test
  void linksToDocumentsLeadToTheirPages() {
    String html =
        page("docs/a.md", "# A\n[b](b.md#part) [top](../README.md) [x](https://x.org/y.md)").html();
    assertTrue(html.contains("href=\"b.html#part\""), html);
    assertTrue(html.contains("href=\"../index.html\""), html);
    assertTrue(html.contains("href=\"https://x.org/y.md\""), html);
  }

  @Test
  void whatTheSiteDoesNotHoldIsNoLink() {
    assertEquals(
        "<h1 id=\"a\">A</h1>\n<p>see <code>X.java</code> there</p>\n",
        page("a.md", "# A\nsee [`X.java`](src/X.java) there").html());
  }

  @Test
  void imagesComeAlong() {
    assertEquals(
        List.of("docs/results/p.svg"),
        page("docs/results/README.md", "# A\n![p](p.svg) ![q](https://x.org/q.png)").images());
  }

  @Test
  void linksThatLeadNowhereAreFound() {
    Page a =
        page(
            "docs/a.md", "# A\n[1](b.md) [2](b.md#here) [3](b.md#there) [4](c.md) [5](#a) [6](#b)");
    Page b = page("docs/b.md", "# B\n## Here");
    assertEquals(
        List.of("docs/a.md: b.html#there", "docs/a.md: c.html", "docs/a.md: #b"),
        Links.broken(Map.of(a.address(), a, b.address(), b), Set.of()));
  }

  @Test
  void partsHaveTheTextBelowTheirHeadings() {
    assertEquals(
        List.of(new Page.Part("a", "A", "one"), new Page.Part("of-b", "Of B", "two < three")),
        page("a.md", "# A\none\n\n## Of `B`\n*two* < three").parts());
  }

  @Test
  void theSearchsScriptCannotEndEarly() {
    String script = SearchIndex.script(List.of(page("a.md", "# A\n`</script>` \\ \"quoted\"")));
    assertTrue(script.contains("\\u003c/script> \\u005c \\u0022quoted\\u0022"), script);
  }

  private static Page page(String source, String markdown) {
    return Page.of(source, markdown);
  }
}
