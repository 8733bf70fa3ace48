package org.lines4j.lab.result;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;

/// Charts as SVG.
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
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Font LARGE = new Font(Font.SANS_SERIF, Font.BOLD, 13);
  private static final Color GRID = new Color(0xdfe3e8);

  /// The colours of the other pages.
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x2a78d6),
          new Color(0xe0602a),
          new Color(0x15966a),
          new Color(0xc98500),
          new Color(0xc94f92),
          new Color(0x5b4bc4));

  private Charts() {}

  /// Lines with a mark at each point.
  public static String lines(String title, String x, String y, List<Series> series) {
    XYSeriesCollection data = new XYSeriesCollection();
    for (Series each : series) {
      XYSeries points = new XYSeries(each.name(), false, true);
      each.points().forEach(point -> points.add(point.x(), point.y()));
      data.addSeries(points);
    }
    JFreeChart chart =
        ChartFactory.createXYLineChart(
            title, x, y, data, PlotOrientation.VERTICAL, true, false, false);
    chart.setBackgroundPaint(Color.WHITE);
    chart.getTitle().setFont(LARGE);
    chart.getLegend().setItemFont(SMALL);
    style(chart.getXYPlot(), series);
    SVGGraphics2D svg = new SVGGraphics2D(WIDTH, HEIGHT);
    svg.setDefsKeyPrefix(title.replaceAll("\\W+", "-") + "-");
    chart.draw(svg, new Rectangle(WIDTH, HEIGHT));
    return svg.getSVGElement(null, true, null, null, null);
  }

  private static void style(XYPlot plot, List<Series> series) {
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(GRID);
    plot.setRangeGridlinePaint(GRID);
    plot.setOutlineVisible(false);
    for (Object axis : List.of(plot.getDomainAxis(), plot.getRangeAxis())) {
      NumberAxis numbers = (NumberAxis) axis;
      numbers.setAutoRangeIncludesZero(false);
      numbers.setLabelFont(SMALL);
      numbers.setTickLabelFont(SMALL);
    }
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
    for (int i = 0; i < series.size(); i++) {
      renderer.setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
      renderer.setSeriesStroke(i, new BasicStroke(2));
      renderer.setSeriesShape(i, mark(i));
      renderer.setSeriesLinesVisible(i, series.get(i).points().size() > 1);
    }
    plot.setRenderer(renderer);
  }

  /// Told apart without colour, too.
  private static Shape mark(int series) {
    return switch (series % 4) {
      case 0 -> new Ellipse2D.Double(-3.5, -3.5, 7, 7);
      case 1 -> new Rectangle2D.Double(-3, -3, 6, 6);
      case 2 -> polygon(-4, 3, 4, 3, 0, -4);
      default -> polygon(-4, 0, 0, -4, 4, 0, 0, 4);
    };
  }

  private static Shape polygon(double... corners) {
    Path2D path = new Path2D.Double();
    path.moveTo(corners[0], corners[1]);
    for (int i = 2; i < corners.length; i += 2) {
      path.lineTo(corners[i], corners[i + 1]);
    }
    path.closePath();
    return path;
  }
}
