package org.lines4j.dist.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.lines4j.cli.Main;
import org.lines4j.report.DocumentPage;
import org.lines4j.report.Html;

/// The documents of the repository as static pages, with a reference of commands, methods and
/// recipes that is made from the code. They need no server and no network.
public final class Site {
  private static final String CONTENTS = "docs/README.md";

  private final Path root;
  private final String version;
  private final Map<String, Page> pages = new LinkedHashMap<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private Site(Path root, String version) {
    this.root = root;
    this.version = version;
  }

  /// Makes the site alone.
  ///
  /// @param args the source tree, the folder for the site, and the version
  public static void main(String[] args) throws IOException {
    make(Path.of(args[0]).toRealPath(), Path.of(args[1]), args[2]);
  }

  /// Makes the site.
  ///
  /// @param root the source tree
  /// @throws IOException also where a link leads nowhere; then nothing is written
  public static void make(Path root, Path target, String version) throws IOException {
    Site site = new Site(root, version);
    site.readAll();
    List<String> broken = Links.broken(site.pages, site.files.keySet());
    if (!broken.isEmpty()) {
      throw new IOException("links of the site lead nowhere:\n" + String.join("\n", broken));
    }
    site.write(target);
  }

  private void readAll() throws IOException {
    for (Path document : documents()) {
      add(root.relativize(document).toString().replace('\\', '/'), Files.readString(document));
    }
    add("reference/commands.md", Reference.commands(Main.commandLine()));
    add("reference/methods.md", Reference.methods());
    add("reference/recipes.md", Reference.recipes());
  }

  private List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(root);
        Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private void add(String source, String markdown) throws IOException {
    Page page = Page.of(source, markdown);
    pages.put(page.address(), page);
    for (String image : page.images()) {
      files.put(image, Files.readAllBytes(root.resolve(image)));
    }
  }

  private void write(Path target) throws IOException {
    Page list = Objects.requireNonNull(pages.get(Links.address(CONTENTS)), CONTENTS);
    Contents contents = Contents.of(list, pages);
    String frame = own("page.html");
    for (Page page : pages.values()) {
      write(
          target.resolve(page.address()),
          frame
              .replace("{title}", Html.escape(page.title()))
              .replace("{top}", page.wayToTop())
              .replace("{version}", Html.escape(version))
              .replace("{contents}", contents.html(page))
              .replace("{body}", page.html()));
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path copy = target.resolve(file.getKey());
      Files.createDirectories(copy.resolveSibling(""));
      Files.write(copy, file.getValue());
    }
    write(target.resolve("site.css"), report("page.css") + own("site.css"));
    write(target.resolve("search.js"), own("search.js"));
    write(target.resolve("index.js"), SearchIndex.script(new ArrayList<>(pages.values())));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private static String own(String name) throws IOException {
    return text(Site.class, name);
  }

  /// The style of the other pages that the project makes.
  private static String report(String name) throws IOException {
    return text(DocumentPage.class, name);
  }

  private static String text(Class<?> neighbour, String name) throws IOException {
    try (InputStream in = neighbour.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("there is no %s beside %s".formatted(name, neighbour));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
