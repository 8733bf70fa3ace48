package org.lines4j.lab.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.lines4j.report.Html;

/// Charts of shares, in percent, as SVG: in the colours of the page that they stand in, light or
/// dark, and in those of the other pages where they stand alone. Drawn without fonts of this
/// machine or a module for graphics: the Java of an archive has neither.
public final class Charts {
  /// Points in the order of a path, joined where there are several.
  ///
  /// @param chosen the one that was chosen of them, or their mean where several were
  public record Series(String name, List<Point> points, Optional<Point> chosen) {
    /// Copies the list.
    public Series {
      points = List.copyOf(points);
    }

    /// Of which none was chosen.
    public Series(String name, List<Point> points) {
      this(name, points, Optional.empty());
    }
  }

  /// Two shares, 1 for all.
  public record Point(double x, double y) {}

  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final int LEFT = 62;
  private static final int RIGHT = 16;
  private static final int TOP = 44;
  private static final int BOTTOM = 52;
  private static final int TICKS = 8;

  private static final List<String> COLOURS =
      List.of("#2a78d6", "#e0602a", "#15966a", "#c98500", "#c94f92", "#5b4bc4");

  private static final String STYLE =
      "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu"
          + " Sans',sans-serif;fill:var(--ink,#16191d)}.grid{stroke:var(--line,#dfe3e8)}"
          + ".path{fill:none;stroke-width:2}.chosen{fill:none;stroke-width:2.5}";

  private final Axis x;
  private final Axis y;
  private final List<String> parts = new ArrayList<>();

  private Charts(Axis x, Axis y) {
    this.x = x;
    this.y = y;
  }

  /// Lines with a mark at each point, and a ring around what was chosen.
  ///
  /// @param x what the horizontal axis shows; percent are added
  /// @param y what the vertical axis shows
  public static String lines(String title, String x, String y, List<Series> series) {
    Charts chart =
        new Charts(
            Axis.over(series, Point::x, LEFT, WIDTH - RIGHT),
            Axis.over(series, Point::y, HEIGHT - BOTTOM, TOP));
    chart.grid(x + ", %", y + ", %");
    for (int i = 0; i < series.size(); i++) {
      chart.draw(series.get(i), i);
    }
    chart.legend(series);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" style=\"max-width:%dpx\"><style>%s</style>\n%s\n</svg>"
        .formatted(WIDTH, HEIGHT, Html.escape(title), WIDTH, STYLE, String.join("\n", chart.parts));
  }

  /// From percent to pixels.
  ///
  /// @param step between two ticks
  private record Axis(double least, double most, double step, int from, int to) {
    static Axis over(List<Series> series, ToDoubleFunction<Point> of, int from, int to) {
      double[] values =
          series.stream()
              .flatMap(one -> Stream.concat(one.points().stream(), one.chosen().stream()))
              .mapToDouble(point -> 100 * of.applyAsDouble(point))
              .filter(Double::isFinite)
              .sorted()
              .toArray();
      double low = values.length == 0 ? 0 : values[0];
      double high = values.length == 0 ? 100 : values[values.length - 1];
      double step = step(high - low);
      double least = Math.floor(low / step) * step;
      return new Axis(least, Math.max(Math.ceil(high / step) * step, least + step), step, from, to);
    }

    /// 1, 2 or 5 times a power of ten.
    private static double step(double range) {
      double raw = Math.max(range, 1e-3) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double share = raw / power;
      return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }

    double pixel(double percent) {
      return from + (to - from) * (percent - least) / (most - least);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (int i = 0; i <= Math.round((most - least) / step); i++) {
        ticks.add(least + i * step);
      }
      return ticks;
    }

    String label(double tick) {
      return step < 1 ? "%.1f".formatted(tick) : "%.0f".formatted(tick);
    }
  }

  private void grid(String xTitle, String yTitle) {
    for (double tick : x.ticks()) {
      line(x.pixel(tick), TOP, x.pixel(tick), HEIGHT - BOTTOM);
      text(x.pixel(tick), HEIGHT - BOTTOM + 18, "middle", x.label(tick));
    }
    for (double tick : y.ticks()) {
      line(LEFT, y.pixel(tick), WIDTH - RIGHT, y.pixel(tick));
      text(LEFT - 8, y.pixel(tick) + 4, "end", y.label(tick));
    }
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", xTitle);
    int middle = (TOP + HEIGHT - BOTTOM) / 2;
    parts.add(
        "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>"
            .formatted(middle, Html.escape(yTitle)));
  }

  private void draw(Series series, int number) {
    String colour = colour(number);
    if (series.points().size() > 1) {
      List<String> corners = series.points().stream().map(p -> at(p, ",")).toList();
      parts.add(
          "<polyline class=\"path\" style=\"stroke:%s\" points=\"%s\"/>"
              .formatted(colour, String.join(" ", corners)));
    }
    series.points().forEach(point -> parts.add(mark(at(point, " "), number)));
    series
        .chosen()
        .ifPresent(
            point ->
                parts.add(
                    "<circle class=\"chosen\" style=\"stroke:%s\" r=\"9\" transform=\"translate(%s)\"/>"
                        .formatted(colour, at(point, " "))));
  }

  /// Told apart without colour, too.
  private static String mark(String place, int number) {
    String shape =
        switch (number % 4) {
          case 0 -> "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0";
          case 1 -> "M-3-3h6v6h-6z";
          case 2 -> "M-4 3h8l-4-7z";
          default -> "M-4 0l4-4 4 4-4 4z";
        };
    return "<path d=\"%s\" style=\"fill:%s\" transform=\"translate(%s)\"/>"
        .formatted(shape, colour(number), place);
  }

  private void legend(List<Series> series) {
    double at = LEFT;
    for (int i = 0; i < series.size(); i++) {
      parts.add(mark("%.1f 20".formatted(at + 5), i));
      text(at + 14, 24, "start", series.get(i).name());
      at += 36 + 6.6 * series.get(i).name().length();
    }
    if (series.stream().anyMatch(one -> one.chosen().isPresent())) {
      parts.add(
          "<circle class=\"chosen\" style=\"stroke:var(--soft,#59616b)\" r=\"7\" transform=\"translate(%.1f 20)\"/>"
              .formatted(at + 7));
      text(at + 19, 24, "start", "chosen");
    }
  }

  private String at(Point point, String between) {
    return "%.1f%s%.1f".formatted(x.pixel(100 * point.x()), between, y.pixel(100 * point.y()));
  }

  private void line(double x1, double y1, double x2, double y2) {
    parts.add("<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>".formatted(x1, y1, x2, y2));
  }

  private void text(double left, double top, String anchor, String words) {
    parts.add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>"
            .formatted(left, top, anchor, Html.escape(words)));
  }

  private static String colour(int number) {
    int own = number % COLOURS.size();
    return "var(--series-%d,%s)".formatted(own, COLOURS.get(own));
  }
}
