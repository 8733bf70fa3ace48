package org.lines4j.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The image in one file, to be unpacked anywhere: `.tar.gz`, and `.zip` for Windows.
final class Archive {
  private Archive() {}

  static Path make(Release release, Path image) throws IOException {
    return release.isForWindows() ? zip(release, image) : tar(release, image);
  }

  private static Path tar(Release release, Path image) throws IOException {
    Path file = release.target().resolve(release.name() + ".tar.gz");
    try (Tar tar = new Tar(Files.newOutputStream(file), release.time())) {
      tar.addTree(image, release.name());
    }
    return file;
  }

  private static Path zip(Release release, Path image) throws IOException {
    Path file = release.target().resolve(release.name() + ".zip");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path each : Tree.of(image)) {
        if (Files.isRegularFile(each)) {
          ZipEntry entry = new ZipEntry(release.name() + "/" + Tree.name(image, each));
          entry.setLastModifiedTime(FileTime.from(release.time()));
          zip.putNextEntry(entry);
          Files.copy(each, zip);
          zip.closeEntry();
        }
      }
    }
    return file;
  }
}
