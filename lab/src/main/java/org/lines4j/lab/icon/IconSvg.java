package org.lines4j.lab.icon;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.DocumentLimits;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.parser.resources.ResourcePolicy;
import com.github.weisj.jsvg.renderer.NullPlatformSupport;
import com.github.weisj.jsvg.renderer.SVGRenderingHints;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;

/// An icon's drawing. What no icon of ours needs (scripts, images, text, filters, styles, entities,
/// references to anything but itself) is refused before it is parsed.
///
/// @param name what messages call it
/// @param body what stands within `<svg>`
/// @param left where its box begins; the larger side of the box fills the picture's
/// @param top where its box begins
/// @param width of its box
/// @param height of its box
record IconSvg(String name, String body, double left, double top, double width, double height) {
  /// Of a pixel's side: what a pixel is covered by is rounded to quarters in each direction, as by
  /// resvg, whose pictures the base has seen.
  private static final int SAMPLES = 4;

  private static final int LARGE = SAMPLES * Picture.SIDE;
  private static final int LONGEST = 1 << 16;
  private static final int MOST_ELEMENTS = 1000;
  private static final int MOST_USES = 32;
  private static final double LARGEST = 10_000;

  private static final Set<String> ELEMENTS =
      Set.of(
          "path",
          "g",
          "defs",
          "clippath",
          "use",
          "mask",
          "circle",
          "ellipse",
          "rect",
          "line",
          "polyline",
          "polygon",
          "lineargradient",
          "radialgradient",
          "stop");

  private static final Pattern ELEMENT = Pattern.compile("<(/?)([^\\s/>]*)");
  private static final Pattern REFERENCE = Pattern.compile("(?:href\\s*=\\s*[\"']|url\\()\\s*(.?)");
  private static final Pattern STYLE = Pattern.compile("\\sstyle\\s*=\\s*[\"']([^\"']*)");
  private static final Pattern HANDLER = Pattern.compile("\\son[a-z]+\\s*=");
  private static final Pattern DASHES = Pattern.compile("stroke-dasharray\\s*=\\s*[\"']([^\"']*)");
  private static final Pattern FAR = Pattern.compile("(?<![\\d.#])\\d{5}|\\d[eE][+\\d]");
  private static final double SHORTEST_DASH = 0.01;

  /// Says nothing: what is wrong is an exception here. Kept, for loggers are forgotten otherwise.
  private static final Logger SILENT = Logger.getLogger("com.github.weisj.jsvg");

  static {
    SILENT.setLevel(Level.OFF);
  }

  private static final LoaderContext CAUTIOUS =
      LoaderContext.builder()
          .externalResourcePolicy(ResourcePolicy.DENY_ALL)
          .documentLimits(new DocumentLimits(32, 3, MOST_ELEMENTS))
          .build();

  IconSvg {
    if (!(Math.abs(left) <= LARGEST && Math.abs(top) <= LARGEST)
        || !(width > 0 && width <= LARGEST && height > 0 && height <= LARGEST)) {
      throw new InputException(
          name, "has no such box: %s %s %s %s".formatted(left, top, width, height));
    }
  }

  /// Draws it in black where its colour is the text's.
  ///
  /// @param colours whether its own colours count; else all that it covers is black
  /// @throws InputException if there is anything in it that is not wanted, or no drawing
  Picture draw(boolean colours) {
    int[] argb = pixels();
    if (colours) {
      return Picture.ofColours(argb);
    }
    for (int i = 0; i < argb.length; i++) {
      argb[i] >>>= 24;
    }
    return Picture.ofCover(argb);
  }

  private int[] pixels() {
    check();
    BufferedImage image = new BufferedImage(LARGE, LARGE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      SVGDocument document =
          new SVGLoader()
              .load(
                  new ByteArrayInputStream(document().getBytes(StandardCharsets.UTF_8)),
                  URI.create("icon:none"),
                  CAUTIOUS);
      if (document == null) {
        throw new InputException(name, "is no drawing");
      }
      graphics.setRenderingHint(
          RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setRenderingHint(
          SVGRenderingHints.KEY_SOFT_CLIPPING, SVGRenderingHints.VALUE_SOFT_CLIPPING_OFF);
      document.renderWithPlatform(
          NullPlatformSupport.INSTANCE, graphics, new ViewBox(LARGE, LARGE));
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException e) { // whatever a parser makes of what is wrong
      InputException wrong = new InputException(name, "cannot be drawn: " + e.getMessage());
      wrong.initCause(e);
      throw wrong;
    } finally {
      graphics.dispose();
    }
    return shrunk(((DataBufferInt) image.getRaster().getDataBuffer()).getData());
  }

  /// The means of squares of pixels, in which those that cover more count more.
  private static int[] shrunk(int[] large) {
    int[] small = new int[Picture.PIXELS];
    for (int i = 0; i < small.length; i++) {
      int alphas = 0;
      int[] sums = new int[Picture.CHANNELS];
      for (int k = 0; k < SAMPLES * SAMPLES; k++) {
        int y = i / Picture.SIDE * SAMPLES + k / SAMPLES;
        int pixel = large[y * LARGE + i % Picture.SIDE * SAMPLES + k % SAMPLES];
        int alpha = pixel >>> 24;
        alphas += alpha;
        for (int channel = 0; channel < sums.length; channel++) {
          sums[channel] += alpha * (pixel >> (16 - 8 * channel) & 0xff);
        }
      }
      int argb = Math.round((float) alphas / (SAMPLES * SAMPLES));
      for (int sum : sums) {
        argb = argb << 8 | (alphas == 0 ? 0 : Math.round((float) sum / alphas));
      }
      small[i] = argb;
    }
    return small;
  }

  private String document() {
    double side = Math.max(width, height);
    return ("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
                + " width=\"%d\" height=\"%d\" viewBox=\"%s %s %s %s\">")
            .formatted(
                LARGE, LARGE, left - (side - width) / 2, top - (side - height) / 2, side, side)
        + body.replace("currentColor", "#000")
        + "</svg>";
  }

  private void check() {
    if (body.length() > LONGEST) {
      throw InputException.expected(name, "its length", "at most " + LONGEST, body.length());
    }
    if (body.indexOf('&') >= 0 || body.contains("<!") || body.contains("<?")) {
      throw new InputException(name, "has entities, comments or instructions");
    }
    checkElements();
    checkReferences();
    checkDashes();
  }

  private void checkElements() {
    int elements = 0;
    int uses = 0;
    Matcher found = ELEMENT.matcher(body);
    while (found.find()) {
      String element = found.group(2).toLowerCase(Locale.ROOT);
      if (!ELEMENTS.contains(element)) {
        throw new InputException(name, "has an element that icons do not need: " + element);
      }
      elements++;
      uses += element.equals("use") ? 1 : 0;
    }
    if (elements > 2 * MOST_ELEMENTS || uses > 2 * MOST_USES) {
      throw InputException.expected(
          name,
          "its elements",
          "at most %d, and %d that repeat others".formatted(MOST_ELEMENTS, MOST_USES),
          "%d, and %d".formatted(elements, uses));
    }
  }

  private void checkReferences() {
    Matcher reference = REFERENCE.matcher(body);
    while (reference.find()) {
      if (!reference.group(1).equals("#")) {
        throw new InputException(name, "refers to something outside itself");
      }
    }
    Matcher style = STYLE.matcher(body);
    while (style.find()) {
      if (!style.group(1).matches("mask-type:\\s*(alpha|luminance);?")) {
        throw new InputException(name, "has a style: " + style.group(1));
      }
    }
    if (HANDLER.matcher(body).find()) {
      throw new InputException(name, "has a script");
    }
  }

  /// A million dashes would take as many strokes.
  private void checkDashes() {
    Matcher dashes = DASHES.matcher(body);
    while (dashes.find()) {
      double sum = 0;
      for (String dash : dashes.group(1).replaceAll("[\\s,]+", " ").strip().split(" ", -1)) {
        sum +=
            dash.matches("\\d{1,4}(\\.\\d{1,6})?|\\.\\d{1,6}")
                ? Double.parseDouble(dash)
                : Double.NaN;
      }
      if (!(sum >= SHORTEST_DASH * Math.max(width, height)) || FAR.matcher(body).find()) {
        throw new InputException(name, "has dashes without number: " + dashes.group(1));
      }
    }
  }
}
