package org.lines4j.tune.measure;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.error.RequestException;

/// Lets one search at a time work in a folder. The system frees the lock of a process that dies.
public final class FolderLock implements Closeable {
  /// The folders in use by this JVM: the system's locks belong to the whole process.
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /// Takes the folder, which exists.
  ///
  /// @throws RequestException if another search has it
  public static FolderLock take(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (!IN_USE.add(real)) {
      throw inUse(folder);
    }
    try {
      FileChannel channel =
          FileChannel.open(
              real.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        throw inUse(folder);
      }
      return new FolderLock(real, channel);
    } catch (IOException | RuntimeException e) {
      IN_USE.remove(real);
      throw e;
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this library, loaded once more in this JVM
    }
  }

  private static RequestException inUse(Path folder) {
    return new RequestException(folder + ": another search is working in this folder");
  }

  @Override
  public void close() throws IOException {
    channel.close();
    IN_USE.remove(folder);
  }
}
