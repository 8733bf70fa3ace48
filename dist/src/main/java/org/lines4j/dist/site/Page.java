package org.lines4j.dist.site;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/// A document as a page.
///
/// @param source the document, from the root of the repository
/// @param address the page, from the root of the site
/// @param html what stands between navigation and footer
/// @param images the files that it shows, from the root of both
record Page(String source, String address, String html, List<String> images) {
  private static final List<Extension> EXTENSIONS =
      List.of(TablesExtension.create(), HeadingAnchorExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder().extensions(EXTENSIONS).build();
  private static final Pattern HEADING =
      Pattern.compile("(?s)<h[1-6] id=\"(?<id>[^\"]*)\">(?<title>.*?)</h[1-6]>");

  static Page of(String source, String markdown) {
    Node document = PARSER.parse(markdown);
    List<String> images = new ArrayList<>();
    document.accept(new Rewriter(source, images));
    String html =
        RENDERER
            .render(document)
            .replace("<table>", "<div class=\"scroll\"><table>")
            .replace("</table>", "</table></div>");
    return new Page(source, Links.address(source), html, images);
  }

  String title() {
    return parts().getFirst().title();
  }

  boolean hasPart(String id) {
    return html.contains(" id=\"" + id + "\"");
  }

  /// From this page to the root of the site: nothing, or `../`.
  String wayToTop() {
    return "../".repeat((int) address.chars().filter(c -> c == '/').count());
  }

  /// What stands below each heading.
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    Matcher heading = HEADING.matcher(html);
    boolean found = heading.find();
    while (found) {
      String id = heading.group("id");
      String title = PlainText.of(heading.group("title"));
      int start = heading.end();
      found = heading.find();
      int end = found ? heading.start() : html.length();
      parts.add(new Part(id, title, PlainText.of(html.substring(start, end))));
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(source + " has no heading");
    }
    return parts;
  }

  /// A heading with what stands below it.
  record Part(String id, String title, String text) {}

  /// Has links lead to pages where they led to documents. What the site does not hold, such as
  /// source files, is no link.
  private static final class Rewriter extends AbstractVisitor {
    private final String source;
    private final List<String> images;

    Rewriter(String source, List<String> images) {
      this.source = source;
      this.images = images;
    }

    @Override
    public void visit(Link link) {
      visitChildren(link);
      String target = link.getDestination();
      if (target.startsWith("#") || Links.leadsElsewhere(target)) {
        return;
      }
      String[] parts = target.split("#", 2);
      if (Links.isPage(Links.resolve(source, parts[0]))) {
        link.setDestination(Links.address(parts[0]) + (parts.length == 1 ? "" : "#" + parts[1]));
      } else {
        unwrap(link);
      }
    }

    private static void unwrap(Link link) {
      for (Node child = link.getFirstChild(); child != null; child = link.getFirstChild()) {
        link.insertBefore(child);
      }
      link.unlink();
    }

    @Override
    public void visit(Image image) {
      visitChildren(image);
      if (!Links.leadsElsewhere(image.getDestination())) {
        images.add(Links.resolve(source, image.getDestination()));
      }
    }
  }
}
