package org.lines4j.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.lines4j.files.Digests;

/// The image as a package of Python (PEP 427), with a small typed module before it.
final class Wheel {
  private static final String PACKAGE = "lines_merge";
  private static final String PROGRAM = PACKAGE + "/program/";
  private static final int REGULAR = 0100000;

  private final Release release;
  private final ZipArchiveOutputStream zip;
  private final StringBuilder record = new StringBuilder();

  private Wheel(Release release, ZipArchiveOutputStream zip) {
    this.release = release;
    this.zip = zip;
  }

  static Path make(Release release, Path image) throws IOException {
    String version = version(release);
    Path file =
        release.target().resolve("%s-%s-py3-none-%s.whl".formatted(PACKAGE, version, platform()));
    try (OutputStream out = Files.newOutputStream(file);
        ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
      new Wheel(release, zip).write(image, version);
    }
    return file;
  }

  private static String version(Release release) {
    return release.version().replace("-SNAPSHOT", ".dev0");
  }

  private static String platform() {
    boolean arm = Release.processor().equals("arm64");
    return switch (Release.system()) {
      case "windows" -> "win_amd64";
      case "macos" -> arm ? "macosx_11_0_arm64" : "macosx_11_0_x86_64";
      default -> "manylinux_2_28_" + (arm ? "aarch64" : "x86_64");
    };
  }

  private void write(Path image, String version) throws IOException {
    Path python = release.root().resolve("dist/src/main/python");
    for (Path file : Tree.of(python.resolve(PACKAGE))) {
      if (Files.isRegularFile(file) && !Tree.name(python, file).contains("__pycache__")) {
        add(Tree.name(python, file), Files.readAllBytes(file), Modes.FILE);
      }
    }
    for (Path file : Tree.of(image)) {
      if (Files.isRegularFile(file)) {
        add(PROGRAM + Tree.name(image, file), Files.readAllBytes(file), Modes.of(file));
      }
    }
    add(PROGRAM + "time", Long.toString(release.time().getEpochSecond()), Modes.FILE);
    String info = PACKAGE + "-" + version + ".dist-info/";
    add(
        info + "METADATA",
        """
        Metadata-Version: 2.1
        Name: lines-merge
        Version: %s
        Summary: Edit and merge fine-tuned models by depth (LiNeS)
        License: Apache-2.0
        Requires-Python: >=3.9
        Description-Content-Type: text/markdown

        %s\
        """
            .formatted(version, Files.readString(release.root().resolve("README.md"))),
        Modes.FILE);
    add(
        info + "WHEEL",
        """
        Wheel-Version: 1.0
        Generator: lines-dist
        Root-Is-Purelib: false
        Tag: py3-none-%s
        """
            .formatted(platform()),
        Modes.FILE);
    add(
        info + "entry_points.txt",
        "[console_scripts]\nlines = %s.__main__:main\n".formatted(PACKAGE),
        Modes.FILE);
    record.append(info).append("RECORD,,\n");
    put(info + "RECORD", record.toString().getBytes(StandardCharsets.UTF_8), Modes.FILE);
  }

  private void add(String name, String content, int mode) throws IOException {
    add(name, content.getBytes(StandardCharsets.UTF_8), mode);
  }

  private void add(String name, byte[] content, int mode) throws IOException {
    put(name, content, mode);
    record.append("%s,sha256=%s,%d\n".formatted(name, digest(content), content.length));
  }

  private void put(String name, byte[] content, int mode) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setUnixMode(REGULAR | mode);
    entry.setTime(release.time().toEpochMilli());
    zip.putArchiveEntry(entry);
    zip.write(content);
    zip.closeArchiveEntry();
  }

  private static String digest(byte[] content) {
    byte[] digest = Digests.newSha256().digest(content);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }
}
