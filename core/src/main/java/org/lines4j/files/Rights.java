package org.lines4j.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// Who else may read and write a file or folder, where the system has such rights.
public final class Rights {
  private static final Set<PosixFilePermission> OWN =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private Rights() {}

  /// Takes from others what they may not do with what is replaced: a private folder stays private.
  ///
  /// @param made a new file or folder, as the umask has it
  /// @param replaced what it will replace; perhaps nothing
  public static void narrow(Path made, Path replaced) throws IOException {
    if (!Files.exists(replaced)
        || !made.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> now = Files.getPosixFilePermissions(made);
    Set<PosixFilePermission> kept = EnumSet.copyOf(OWN);
    kept.addAll(Files.getPosixFilePermissions(replaced));
    kept.retainAll(now);
    if (!kept.equals(now)) {
      Files.setPosixFilePermissions(made, kept);
    }
  }
}
