package org.lines4j.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;

/// The image as a package of Debian and Ubuntu (deb(5)): below `/opt/lines`, with `lines` on the
/// path.
final class DebianPackage {
  private static final String OPT = "./opt/lines";

  /// Where shells look for what completes commands.
  private static final Map<String, String> COMPLETIONS =
      new TreeMap<>(
          Map.of(
              "lines.bash", "./usr/share/bash-completion/completions/lines",
              "_lines", "./usr/share/zsh/vendor-completions/_lines",
              "lines.fish", "./usr/share/fish/vendor_completions.d/lines.fish"));

  private DebianPackage() {}

  static Path make(Release release, Path image) throws IOException {
    Path data = release.target().resolve("data.tar.gz");
    try (Tar tar = new Tar(Files.newOutputStream(data), release.time())) {
      for (String folder : new String[] {".", "./opt"}) {
        tar.addFolder(folder);
      }
      tar.addTree(image, OPT);
      for (String folder :
          new String[] {
            "./usr", "./usr/bin", "./usr/share", "./usr/share/man", "./usr/share/man/man1"
          }) {
        tar.addFolder(folder);
      }
      for (Map.Entry<String, String> completion : COMPLETIONS.entrySet()) {
        tar.addFolder(completion.getValue().replaceFirst("/[^/]*/[^/]*$", ""));
        tar.addFolder(completion.getValue().replaceFirst("/[^/]*$", ""));
        tar.addLink(completion.getValue(), "/opt/lines/share/completions/" + completion.getKey());
      }
      tar.addLink("./usr/bin/lines", "/opt/lines/bin/lines");
      for (Path page : Tree.of(image.resolve("share/man/man1"))) {
        if (Files.isRegularFile(page)) {
          String name = page.getFileName().toString();
          tar.addLink("./usr/share/man/man1/" + name, "/opt/lines/share/man/man1/" + name);
        }
      }
    }
    Path file = release.target().resolve(release.name() + ".deb");
    try (ArArchiveOutputStream out = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      add(out, release, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
      add(out, release, "control.tar.gz", control(release, image));
      add(out, release, "data.tar.gz", Files.readAllBytes(data));
    }
    Files.delete(data);
    return file;
  }

  private static void add(ArArchiveOutputStream out, Release release, String name, byte[] content)
      throws IOException {
    out.putArchiveEntry(
        new ArArchiveEntry(
            name, content.length, 0, 0, 0100000 | Modes.FILE, release.time().getEpochSecond()));
    out.write(content);
    out.closeArchiveEntry();
  }

  private static byte[] control(Release release, Path image) throws IOException {
    long bytes = 0;
    for (Path file : Tree.of(image)) {
      bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
    }
    String control =
        """
        Package: lines
        Version: %s
        Architecture: %s
        Maintainer: The LiNeS for Java authors <noreply@lines4j.org>
        Installed-Size: %d
        Depends: libc6
        Section: science
        Priority: optional
        Description: edit and merge fine-tuned models by depth (LiNeS)
         Scales each layer's update with its depth (arXiv 2410.17146), and merges models by
         the methods of the field. Brings its own Java runtime.
        """
            .formatted(
                release.version().replace("-SNAPSHOT", "~snapshot"),
                Release.processor().equals("arm64") ? "arm64" : "amd64",
                bytes / 1024);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Tar tar = new Tar(out, release.time())) {
      tar.addFolder(".");
      tar.addFile("./control", control.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }
}
