package org.lines4j.dist.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What documents and pages call each other.
final class Links {
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(?<target>[^\"]*)\"");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

  private static final Pattern PAGE = Pattern.compile("(?:(?:docs|reference)/.*|[^/]*)\\.md");

  private Links() {}

  static boolean leadsElsewhere(String target) {
    return ELSEWHERE.matcher(target).matches();
  }

  /// The page of a document: `docs/README.md` is `docs/index.html`.
  static String address(String document) {
    return document.replaceFirst("(^|/)README\\.md$", "$1index.md").replaceFirst("\\.md$", ".html");
  }

  /// Whether the site has a page for what lies there in the repository, or should have: documents
  /// beside the root, in `docs`, and in the reference.
  static boolean isPage(String file) {
    return PAGE.matcher(file).matches();
  }

  /// What `target` is from the root, if it stands in `source`.
  static String resolve(String source, String target) {
    return Path.of("/" + source)
        .resolveSibling(target)
        .normalize()
        .toString()
        .replace('\\', '/')
        .substring(1);
  }

  /// The links of pages that lead to no page, part of a page, or file.
  static List<String> broken(Map<String, Page> pages, Set<String> files) {
    List<String> broken = new ArrayList<>();
    for (Page page : pages.values()) {
      for (MatchResult link : LINK.matcher(page.html()).results().toList()) {
        String target = link.group("target");
        if (!leadsElsewhere(target) && !leadsSomewhere(page, target, pages, files)) {
          broken.add(page.source() + ": " + target);
        }
      }
    }
    return broken;
  }

  private static boolean leadsSomewhere(
      Page from, String target, Map<String, Page> pages, Set<String> files) {
    String[] parts = target.split("#", 2);
    String address = parts[0].isEmpty() ? from.address() : resolve(from.address(), parts[0]);
    Page page = pages.get(address);
    return page == null ? files.contains(address) : parts.length == 1 || page.hasPart(parts[1]);
  }
}
