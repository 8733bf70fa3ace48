package org.lines4j.dist.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.report.Html;

/// The navigation: what docs/README.md lists, and the reference that is made here.
///
/// @param groups in the order of the page
record Contents(List<Group> groups) {
  private static final Pattern ENTRY =
      Pattern.compile(
          "(?s)<h2 id=\"[^\"]*\">(?<group>.*?)</h2>|<li>\\s*<a"
              + " href=\"(?<page>[^\"#]*)\">(?<title>.*?)</a>");

  /// @param list the page of docs/README.md: a heading and a list for each group
  static Contents of(Page list, Map<String, Page> pages) {
    List<Group> groups = new ArrayList<>();
    Matcher entry = ENTRY.matcher(list.html());
    while (entry.find()) {
      if (entry.group("group") != null) {
        groups.add(new Group(PlainText.of(entry.group("group")), new ArrayList<>()));
      } else if (!groups.isEmpty() && !Links.leadsElsewhere(entry.group("page"))) {
        String address = Links.resolve(list.address(), entry.group("page"));
        groups.getLast().links().add(new Link(address, PlainText.of(entry.group("title"))));
      }
    }
    List<Link> reference =
        pages.values().stream()
            .filter(page -> page.address().startsWith("reference/"))
            .map(page -> new Link(page.address(), page.title()))
            .toList();
    groups.add(Math.min(2, groups.size()), new Group("Reference", reference));
    return new Contents(groups);
  }

  /// As `page` shows it.
  String html(Page page) {
    StringBuilder html = new StringBuilder();
    for (Group group : groups) {
      html.append("<h2>").append(Html.escape(group.title())).append("</h2>\n<ul>\n");
      for (Link link : group.links()) {
        html.append("<li><a href=\"")
            .append(page.wayToTop())
            .append(link.address())
            .append('"')
            .append(link.address().equals(page.address()) ? " aria-current=\"page\"" : "")
            .append('>')
            .append(Html.escape(link.title()))
            .append("</a></li>\n");
      }
      html.append("</ul>\n");
    }
    return html.toString();
  }

  /// Pages of one kind.
  record Group(String title, List<Link> links) {}

  /// A page in the navigation.
  record Link(String address, String title) {}
}
