package org.lines4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.error.Shown;
import org.lines4j.error.Version;
import org.lines4j.layers.Place;
import org.lines4j.tensor.DType;

class DiffPageTest {
  private static final String HOSTILE =
      "</script><script>alert(1)</script><!-- ]]> \" ' & {{data}}";

  @Test
  void theDataAreTheRecords() {
    Diff diff =
        new Diffs()
            .outside(Diffs.BEFORE)
            .stack("vision.layers", 3)
            .stack("text.layers", 2)
            .outside(Diffs.AFTER)
            .uncompared("logit_scale", "only in base")
            .build();

    PageReader page = page(diff);

    assertEquals(
        List.of(List.of("vision.layers", 3L), List.of("text.layers", 2L)), page.rows("stacks"));
    assertEquals(figures(diff.whole()), page.data().get("whole"));
    assertEquals(
        diff.layers().stream()
            .map(l -> List.of(place(diff, l.place()), (long) l.tensors(), figures(l.change())))
            .toList(),
        page.rows("layers"));
    assertEquals(
        diff.tensors().stream().map(tensor -> row(diff, tensor)).toList(), page.rows("tensors"));
    assertEquals(List.of(List.of("logit_scale", "only in base")), page.rows("uncompared"));
  }

  @Test
  void everyFigureHasItsName() {
    assertEquals(
        List.of(
            "tau_norm",
            "tau_l1",
            "tau_max",
            "base_norm",
            "tuned_norm",
            "relative",
            "cosine",
            "sparsity"),
        page(Diffs.oneStack(2)).data().get("figures"));
  }

  @Test
  void nanIsNullAndInfinityIsKept() {
    PageReader page = page(Diffs.oneTensor("broken", Diffs.NOT_A_NUMBER));

    assertTrue(page.dataText().contains("[4096,null,null,1e999,null,"), page.dataText());
    assertEquals(
        figures(Diffs.NOT_A_NUMBER), PageReader.list(page.rows("tensors").getFirst()).getLast());
  }

  @Test
  void aBaseOfZerosThatChangedIsInfinitelyDifferent() {
    Change change = new Change(8, 2, 2, 2, 0, 2, Double.NaN, 0);

    PageReader page = page(Diffs.oneTensor("zeros", change));

    assertEquals(figures(change), page.rows("tensors").getFirst().getLast());
    assertEquals(Double.POSITIVE_INFINITY, figures(change).get(6));
  }

  @Test
  void tensorNamesCannotLeaveTheirScript() {
    PageReader page = page(Diffs.oneTensor(HOSTILE, Diffs.CHANGE));

    assertFalse(page.dataText().contains("<"), page.dataText());
    assertEquals(HOSTILE, page.rows("tensors").getFirst().getFirst());
  }

  @Test
  void stackNamesAndReasonsCannotLeaveTheirScript() {
    PageReader page = page(new Diffs().stack(HOSTILE, 2).uncompared(HOSTILE, HOSTILE).build());

    assertFalse(page.dataText().contains("<"), page.dataText());
    assertEquals(HOSTILE, page.rows("stacks").getFirst().getFirst());
    assertEquals(List.of(HOSTILE, HOSTILE), page.rows("uncompared").getFirst());
  }

  @Test
  void modelNamesAreShownAsText() {
    String html = DiffPage.html(Diffs.oneStack(2), HOSTILE, "<img src=x onerror=alert(2)>");

    assertFalse(html.contains("<script>alert"));
    assertFalse(html.contains("<img"));
    assertTrue(
        html.contains(
            "<dd class=\"name\">&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- ]]&gt;"
                + " &quot; &#39; &amp; {{data}}</dd>"));
  }

  @Test
  void oddCharactersInNamesAreShownAsEscapes() {
    String name = "層.\u202e.\ud800.\u2028.\u0000.😀";
    String html = DiffPage.html(Diffs.oneTensor(name, Diffs.CHANGE), "base", "tuned");

    String read = new String(html.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    assertEquals(Shown.whole(name), new PageReader(read).rows("tensors").getFirst().getFirst());
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    String html = DiffPage.html(Diffs.oneStack(3), "base", "tuned");

    List<String> references =
        Pattern.compile(
                "(?:src|href|action|data)\\s*=\\s*[\"'][^\"']*|@import|url\\(|<link|<iframe")
            .matcher(html)
            .results()
            .map(found -> found.group())
            .toList();
    assertEquals(List.of("href=\"https://arxiv.org/abs/2410.17146"), references);
    assertTrue(html.contains("default-src 'none'"));
  }

  @Test
  void theScriptsNeverReadTextAsHtml() {
    for (String script :
        List.of(
            "page.js",
            "figures.js",
            "charts.js",
            "tables.js",
            "plots.js",
            "tune.js",
            "tune-charts.js",
            "contest.js")) {
      String text = Assets.own(script);
      assertFalse(
          Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(")
              .matcher(text)
              .find(),
          script);
      assertFalse(text.contains("</script"), script);
    }
  }

  @Test
  void theVersionIsNamed() {
    String html = DiffPage.html(Diffs.oneStack(1), "base", "tuned");

    assertTrue(html.contains("LiNeS for Java " + Version.current()));
  }

  @Test
  void aModelWithoutStacksHasAPage() {
    PageReader page = page(new Diffs().outside(Diffs.BEFORE).outside(Diffs.AFTER).build());

    assertEquals(List.of(), page.rows("stacks"));
    assertEquals(
        List.of("before", "after"), page.rows("layers").stream().map(List::getFirst).toList());
  }

  @Test
  void aHundredThousandTensorsAreOneRowEach() {
    Diffs diffs = new Diffs().layer(Diffs.BEFORE, Diffs.CHANGE);
    for (int i = 0; i < 100_000; i++) {
      diffs.tensor("experts." + i, Diffs.BEFORE, Diffs.CHANGE);
    }

    String html = DiffPage.html(diffs.build(), "base", "tuned");

    List<List<?>> rows = new PageReader(html).rows("tensors");
    assertEquals(100_000, rows.size());
    assertEquals("experts.99999", rows.getLast().getFirst());
    assertFalse(html.substring(0, html.indexOf("id=\"data\"")).contains("experts."));
  }

  private static PageReader page(Diff diff) {
    return new PageReader(DiffPage.html(diff, "base", "tuned"));
  }

  private static List<Object> row(Diff diff, Diff.Tensor tensor) {
    assertEquals(DType.BF16, tensor.info().dtype());
    return List.of(
        tensor.info().name(),
        "BF16",
        tensor.info().shape().dims(),
        place(diff, tensor.place()),
        figures(tensor.change()));
  }

  private static Object place(Diff diff, Place place) {
    return switch (place) {
      case Place.InLayer(var stack, int layer) ->
          List.of((long) diff.stacks().indexOf(stack), (long) layer);
      case Place.Outside(Place.Side side) -> side == Place.Side.BEFORE ? "before" : "after";
    };
  }

  private static List<Object> figures(Change change) {
    List<Object> figures = new ArrayList<>();
    figures.add(change.elements());
    figures.addAll(
        List.of(
            change.tauNorm(),
            change.tauAbsolute(),
            change.tauLargest(),
            change.baseNorm(),
            change.tunedNorm(),
            change.relative(),
            change.cosine(),
            change.sparsity()));
    return figures;
  }
}
