package org.lines4j.internal.output;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/// Swaps two folders in one step, which Java has no call for: `renameat2` with `RENAME_EXCHANGE` on
/// Linux, `renamex_np` with `RENAME_SWAP` on macOS.
final class FolderExchange {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;
  private static final int RENAME_SWAP = 2;

  private FolderExchange() {}

  /// Swaps what the two paths name.
  ///
  /// @return false, with nothing done, where the system or the file system cannot
  static boolean exchange(Path first, Path second) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocateFrom(first.toString());
      MemorySegment b = arena.allocateFrom(second.toString());
      Optional<MethodHandle> linux = find("renameat2", true);
      if (linux.isPresent()) {
        return (int) linux.get().invokeExact(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
      }
      Optional<MethodHandle> mac = find("renamex_np", false);
      return mac.isPresent() && (int) mac.get().invokeExact(a, b, RENAME_SWAP) == 0;
    } catch (IllegalCallerException e) {
      return false; // native access is denied to this module
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("cannot replace " + second, e);
    }
  }

  @SuppressWarnings("restricted") // the functions' types are as their manuals give them
  private static Optional<MethodHandle> find(String function, boolean withFolders) {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        withFolders
            ? FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT)
            : FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT);
    return linker
        .defaultLookup()
        .find(function)
        .map(address -> linker.downcallHandle(address, type));
  }
}
