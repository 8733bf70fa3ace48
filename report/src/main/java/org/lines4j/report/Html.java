package org.lines4j.report;

import org.lines4j.error.Shown;

/// Text in HTML and SVG.
public final class Html {
  private Html() {}

  /// `text` for use between tags and in quoted attributes.
  public static String escape(String text) {
    return Shown.whole(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
