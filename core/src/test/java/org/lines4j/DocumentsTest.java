package org.lines4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The documents of the repository, as somebody reads them who comes to it.
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DECISIONS = ROOT.resolve("docs").resolve("decisions");

  private static final Pattern LINK =
      Pattern.compile("]\\((?<file>[^)#\\s]*)(?:#(?<part>[^)\\s]*))?\\)");
  private static final Pattern FENCED = Pattern.compile("(?s)```.*?```");
  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(?<text>.+)$");
  private static final Predicate<String> ELSEWHERE = Pattern.compile("^[a-z]+:").asPredicate();

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> tools = Files.walk(ROOT.resolve("tools"));
        Stream<Path> examples = Files.walk(ROOT.resolve("examples"));
        Stream<Path> templates = Files.walk(ROOT.resolve(".github"))) {
      return Stream.of(top, docs, tools, examples, templates)
          .flatMap(paths -> paths)
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(Path document) throws IOException {
    assertEquals(
        List.of(),
        links(document)
            .filter(link -> !leadsSomewhere(document, link))
            .map(MatchResult::group)
            .toList());
  }

  private static Stream<MatchResult> links(Path document) throws IOException {
    String prose = CODE.matcher(Files.readString(document)).replaceAll("");
    return LINK.matcher(prose).results().filter(link -> !ELSEWHERE.test(link.group("file")));
  }

  private static boolean leadsSomewhere(Path document, MatchResult link) {
    String file = link.group("file");
    Path target = file.isEmpty() ? document : document.resolveSibling(file);
    String part = link.group("part");
    return Files.exists(target) && (part == null || headings(target).contains(part));
  }

  /// What GitHub calls the headings of a document in links.
  private static List<String> headings(Path document) {
    try {
      return HEADING
          .matcher(FENCED.matcher(Files.readString(document)).replaceAll(""))
          .results()
          .map(heading -> heading.group("text").toLowerCase(Locale.ROOT))
          .map(text -> text.replaceAll("[^\\p{L}\\p{N}\\-_ ]", "").replace(' ', '-'))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// The site's navigation is this list.
  @Test
  void everyPageIsInTheListOfThem() throws IOException {
    Path list = ROOT.resolve("docs").resolve("README.md");
    List<Path> listed =
        links(list).map(link -> list.resolveSibling(link.group("file")).normalize()).toList();
    List<Path> pages =
        documents().stream()
            .filter(page -> page.startsWith(ROOT.resolve("docs")) && !page.equals(list))
            .filter(page -> !page.startsWith(DECISIONS) || page.endsWith("README.md"))
            .map(Path::normalize)
            .toList();
    assertEquals(List.of(), pages.stream().filter(page -> !listed.contains(page)).toList());
  }

  @Test
  void decisionsAreNumberedAndListed() throws IOException {
    List<String> pages;
    try (Stream<Path> files = Files.list(DECISIONS)) {
      pages =
          files
              .map(file -> file.getFileName().toString())
              .filter(n -> !n.equals("README.md"))
              .sorted()
              .toList();
    }
    List<String> listed =
        links(DECISIONS.resolve("README.md")).map(link -> link.group("file")).toList();
    assertEquals(pages, listed);
    assertEquals(
        IntStream.rangeClosed(1, pages.size()).mapToObj("%04d"::formatted).toList(),
        pages.stream().map(page -> page.substring(0, 4)).toList());
  }

  @Test
  void everyDecisionHasItsContextAndItsConsequences() throws IOException {
    for (Path page : documents()) {
      if (page.startsWith(DECISIONS) && !page.endsWith("README.md")) {
        String text = Files.readString(page);
        for (String part : List.of("**Context.**", "**Decision.**", "**Consequences.**")) {
          assertFalse(text.indexOf(part) < 0, () -> page + " lacks " + part);
        }
      }
    }
  }
}
