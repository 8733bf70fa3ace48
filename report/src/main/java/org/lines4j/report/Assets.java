package org.lines4j.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.lines4j.Version;

/// The scripts and styles that a self-contained page embeds.
public final class Assets {
  private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";

  private Assets() {}

  /// The plotting script, with the version of this library in front.
  public static String plotScript() throws IOException {
    String name = UPLOT + "uPlot.iife.min.js";
    try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(name)) {
      String script =
          new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
      return "/* LiNeS " + Version.current() + " */" + script;
    }
  }
}
