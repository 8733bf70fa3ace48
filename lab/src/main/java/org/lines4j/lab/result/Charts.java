package org.lines4j.lab.result;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.lines4j.report.Html;

/// Charts as SVG, drawn without fonts of this machine or a module for graphics: the Java of an
/// archive has neither.
public final class Charts {
  /// Points in the order of a path, joined where there are several.
  public record Series(String name, List<Point> points) {
    /// Copies the list.
    public Series {
      points = List.copyOf(points);
    }
  }

  /// In data units.
  public record Point(double x, double y) {}

  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;

  /// Where data are drawn.
  private static final int LEFT = 58;

  private static final int RIGHT = WIDTH - 14;
  private static final int TOP = 32;
  private static final int BOTTOM = HEIGHT - 70;

  /// Between a legend's entries, and what a letter takes about.
  private static final int LEGEND_GAP = 34;

  private static final double LETTER = 6.2;

  /// The colours of the other pages.
  private static final List<String> COLOURS =
      List.of("#2a78d6", "#e0602a", "#15966a", "#c98500", "#c94f92", "#5b4bc4");

  /// Told apart without colour, too.
  private static final List<String> MARKS =
      List.of(
          "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
          "M-3 -3h6v6h-6z",
          "M-4 3h8l-4 -7z",
          "M-4 0l4 -4l4 4l-4 4z");

  private Charts() {}

  /// Lines with a mark at each point.
  public static String lines(String title, String x, String y, List<Series> series) {
    Axis across = axis(series, Point::x, LEFT, RIGHT);
    Axis up = axis(series, Point::y, BOTTOM, TOP);
    StringBuilder svg = new StringBuilder();
    svg.append(
            ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d'"
                    + " font-family='sans-serif' font-size='12' text-anchor='middle' fill='#222'>")
                .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT))
        .append('\n');
    svg.append("<rect width='%d' height='%d' fill='#fff'/>".formatted(WIDTH, HEIGHT)).append('\n');
    text(svg, WIDTH / 2.0, 18, "font-size='13' font-weight='bold'", title);
    for (double tick : across.ticks()) {
      grid(svg, across.at(tick), TOP, across.at(tick), BOTTOM);
      text(svg, across.at(tick), BOTTOM + 16, "", across.shown(tick));
    }
    for (double tick : up.ticks()) {
      grid(svg, LEFT, up.at(tick), RIGHT, up.at(tick));
      text(svg, LEFT - 6, up.at(tick) + 4, "text-anchor='end'", up.shown(tick));
    }
    text(svg, (LEFT + RIGHT) / 2.0, BOTTOM + 34, "", x);
    double middle = (TOP + BOTTOM) / 2.0;
    text(svg, 16, middle, "transform='rotate(-90 16 %s)'".formatted(shown(middle)), y);
    for (int i = 0; i < series.size(); i++) {
      draw(svg, i, series.get(i), across, up);
    }
    legend(svg, series);
    return svg.append("</svg>").toString();
  }

  private static Axis axis(
      List<Series> series, ToDoubleFunction<Point> value, double from, double to) {
    double[] values =
        series.stream()
            .flatMap(each -> each.points().stream())
            .mapToDouble(value)
            .sorted()
            .toArray();
    return values.length == 0
        ? Axis.of(0, 1, from, to)
        : Axis.of(values[0], values[values.length - 1], from, to);
  }

  private static void draw(StringBuilder svg, int index, Series series, Axis across, Axis up) {
    String colour = COLOURS.get(index % COLOURS.size());
    if (series.points().size() > 1) {
      StringBuilder points = new StringBuilder();
      for (Point point : series.points()) {
        points.append(shown(across.at(point.x()))).append(',').append(shown(up.at(point.y())));
        points.append(' ');
      }
      svg.append(
              "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>"
                  .formatted(points.toString().strip(), colour))
          .append('\n');
    }
    for (Point point : series.points()) {
      mark(svg, index, across.at(point.x()), up.at(point.y()));
    }
  }

  private static void mark(StringBuilder svg, int index, double x, double y) {
    svg.append(
            "<path d='%s' transform='translate(%s %s)' fill='%s'/>"
                .formatted(
                    MARKS.get(index % MARKS.size()),
                    shown(x),
                    shown(y),
                    COLOURS.get(index % COLOURS.size())))
        .append('\n');
  }

  /// In one line, in the middle.
  private static void legend(StringBuilder svg, List<Series> series) {
    double width = series.stream().mapToDouble(each -> LETTER * each.name().length()).sum();
    double at = (WIDTH - width - LEGEND_GAP * (series.size() - 1.0)) / 2;
    for (int i = 0; i < series.size(); i++) {
      String name = series.get(i).name();
      mark(svg, i, at - 9, HEIGHT - 16);
      text(svg, at, HEIGHT - 12, "text-anchor='start'", name);
      at += LETTER * name.length() + LEGEND_GAP;
    }
  }

  private static void grid(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
            "<path d='M%s %sL%s %s' stroke='#dfe3e8'/>"
                .formatted(shown(x1), shown(y1), shown(x2), shown(y2)))
        .append('\n');
  }

  private static void text(StringBuilder svg, double x, double y, String more, String text) {
    svg.append(
            "<text x='%s' y='%s' %s>%s</text>"
                .formatted(shown(x), shown(y), more, Html.escape(text)))
        .append('\n');
  }

  private static String shown(double pixels) {
    return String.format(Locale.ROOT, "%.1f", pixels);
  }

  /// Data to pixels: over all values with some room, ticks at round numbers.
  private record Axis(double low, double high, double step, double from, double to) {
    private static final int MOST_TICKS = 10;
    private static final double ROOM = 0.04;

    static Axis of(double least, double most, double from, double to) {
      double room = most > least ? ROOM * (most - least) : Math.max(ROOM * Math.abs(most), ROOM);
      double low = least - room;
      double high = most + room;
      return new Axis(low, high, step(high - low), from, to);
    }

    /// 1, 2 or 5 of a power of ten.
    private static double step(double range) {
      double power = Math.pow(10, Math.floor(Math.log10(range / MOST_TICKS)));
      for (int factor : new int[] {1, 2, 5}) {
        if (range / (factor * power) <= MOST_TICKS) {
          return factor * power;
        }
      }
      return 10 * power;
    }

    double at(double value) {
      return from + (to - from) * (value - low) / (high - low);
    }

    double[] ticks() {
      int first = (int) Math.ceil(low / step);
      int last = (int) Math.floor(high / step);
      return IntStream.rangeClosed(first, last).mapToDouble(tick -> tick * step).toArray();
    }

    String shown(double tick) {
      int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
      return String.format(Locale.ROOT, "%." + digits + "f", tick);
    }
  }
}
