package org.lines4j.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The templates, scripts and styles that a self-contained page embeds.
final class Assets {
  private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/";

  private Assets() {}

  /// The plotting library uPlot, with its licence, which every copy must carry.
  static String plotScript() {
    return "/*!\n"
        + library(UPLOT + "LICENSE")
        + "*/\n"
        + library(UPLOT + "dist/uPlot.iife.min.js");
  }

  /// The style of uPlot.
  static String plotStyle() {
    return library(UPLOT + "dist/uPlot.min.css");
  }

  /// A file of this package, such as `diff.html`.
  static String own(String name) {
    return text(Assets.class.getResourceAsStream(name), name);
  }

  private static String library(String name) {
    return text(Assets.class.getClassLoader().getResourceAsStream(name), name);
  }

  private static String text(@Nullable InputStream resource, String name) {
    try (InputStream in = Objects.requireNonNull(resource, name + " is missing from the jars")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
