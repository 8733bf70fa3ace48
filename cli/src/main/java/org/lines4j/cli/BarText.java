package org.lines4j.cli;

import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;
import org.lines4j.cli.ProgressDisplay.Unit;

/// A bar as one line that is never wider than the terminal: what has no room is left out, the bar
/// itself first.
final class BarText implements ProgressBarRenderer {
  private static final int WIDEST_BAR = 30;
  private static final int NARROWEST_BAR = 6;

  /// A speed over less would say nothing.
  private static final double FIRST_SPEED = 0.2;

  private final Unit unit;
  private int before; // characters of what is on the line

  BarText(Unit unit) {
    this.unit = unit;
  }

  @Override
  public String render(ProgressState state, int maxLength) {
    return covering(
        text(
            state.getTaskName(),
            state.getCurrent(),
            state.getMax(),
            state.getElapsedAfterStart().toMillis() / 1e3,
            maxLength));
  }

  /// Blanks behind a text that is shorter than the one before, whose end would stay.
  String covering(String text) {
    String covering = text + " ".repeat(Math.max(0, before - text.length()));
    before = text.length();
    return covering;
  }

  /// @param seconds since it began
  /// @param width that it must not exceed
  String text(String phase, long done, long total, double seconds, int width) {
    long percent = total <= 0 ? 0 : Math.min(100, 100 * done / total);
    String start = "%s %3d%%".formatted(phase, percent);
    String amount = " %,d/%,d %s".formatted(done / unit.size(), total / unit.size(), unit.name());
    String rate = "";
    String left = "";
    if (seconds >= FIRST_SPEED && done > 0) {
      double perSecond = done / seconds;
      rate = ", %,.0f %s/s".formatted(perSecond / unit.size(), unit.name());
      left = done >= total ? "" : ", " + time((total - done) / perSecond) + " left";
    }
    for (String end : new String[] {amount + rate + left, rate + left, left}) {
      String shown = end.startsWith(",") ? end.substring(1) : end;
      int room = width - start.length() - shown.length() - 3;
      if (room >= NARROWEST_BAR) {
        return start + " [" + bar(percent, Math.min(room, WIDEST_BAR)) + "]" + shown;
      }
      if (room + 3 >= 0) {
        return start + shown;
      }
    }
    return start.substring(0, Math.min(start.length(), Math.max(0, width)));
  }

  private static String bar(long percent, int width) {
    int full = (int) (percent * width / 100);
    return "=".repeat(full) + (full < width ? ">" + " ".repeat(width - full - 1) : "");
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 120 ? whole + " s" : whole < 7200 ? whole / 60 + " min" : whole / 3600 + " h";
  }
}
