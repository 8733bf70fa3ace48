package org.lines4j.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// A tar archive, compressed, that is the same for the same files: root's, in order, all of one
/// time.
final class Tar implements AutoCloseable {
  private final TarArchiveOutputStream out;
  private final Instant time;

  Tar(OutputStream file, Instant time) throws IOException {
    GzipParameters parameters = new GzipParameters();
    parameters.setCompressionLevel(Deflater.BEST_COMPRESSION);
    this.out =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(file, parameters), "UTF-8");
    this.out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    this.time = time;
  }

  /// A folder with all that is in it, called `name` here.
  void addTree(Path root, String name) throws IOException {
    for (Path file : Tree.of(root)) {
      String rest = Tree.name(root, file);
      add(file, rest.isEmpty() ? name : name + "/" + rest);
    }
  }

  private void add(Path file, String name) throws IOException {
    if (Files.isSymbolicLink(file)) {
      addLink(name, Files.readSymbolicLink(file).toString());
    } else if (Files.isDirectory(file)) {
      addFolder(name);
    } else {
      TarArchiveEntry entry = entry(name, Modes.of(file));
      entry.setSize(Files.size(file));
      out.putArchiveEntry(entry);
      Files.copy(file, out);
      out.closeArchiveEntry();
    }
  }

  void addFolder(String name) throws IOException {
    out.putArchiveEntry(entry(name + "/", Modes.FOLDER));
    out.closeArchiveEntry();
  }

  void addLink(String name, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    arrange(entry, 0777);
    out.putArchiveEntry(entry);
    out.closeArchiveEntry();
  }

  void addFile(String name, byte[] content) throws IOException {
    TarArchiveEntry entry = entry(name, Modes.FILE);
    entry.setSize(content.length);
    out.putArchiveEntry(entry);
    out.write(content);
    out.closeArchiveEntry();
  }

  private TarArchiveEntry entry(String name, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    arrange(entry, mode);
    return entry;
  }

  private void arrange(TarArchiveEntry entry, int mode) {
    entry.setMode(mode);
    entry.setModTime(FileTime.from(time));
    entry.setIds(0, 0);
    entry.setNames("root", "root");
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
