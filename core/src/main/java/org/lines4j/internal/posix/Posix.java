package org.lines4j.internal.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/// Calls into the C library. Each says whether it worked, and does nothing where the system lacks
/// it or this module may not call native code (`--enable-native-access=org.lines4j.core`): callers
/// have another way.
public final class Posix {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;
  private static final int RENAME_SWAP = 2;
  private static final int O_WRONLY = 1;

  private Posix() {}

  /// Swaps what two paths name, in one step: `renameat2` on Linux, `renamex_np` on macOS.
  public static boolean exchange(Path first, Path second) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocateFrom(first.toString());
      MemorySegment b = arena.allocateFrom(second.toString());
      Optional<MethodHandle> linux =
          find("renameat2", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
      if (linux.isPresent()) {
        return (int) linux.get().invokeExact(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
      }
      Optional<MethodHandle> mac = find("renamex_np", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
      return mac.isPresent() && (int) mac.get().invokeExact(a, b, RENAME_SWAP) == 0;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// Gives a file its size on the disk (`fallocate`, Linux only), so that writing to it neither
  /// runs out of room nor stops to find some.
  public static boolean allocate(Path file, long size) {
    Optional<MethodHandle> open = Allocation.OPEN;
    Optional<MethodHandle> fallocate = Allocation.FALLOCATE;
    Optional<MethodHandle> close = Allocation.CLOSE;
    if (open.isEmpty() || fallocate.isEmpty() || close.isEmpty()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) open.get().invokeExact(arena.allocateFrom(file.toString()), O_WRONLY);
      if (descriptor < 0) {
        return false;
      }
      int result = (int) fallocate.get().invokeExact(descriptor, 0, 0L, size);
      int _ = (int) close.get().invokeExact(descriptor);
      return result == 0;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// Links what [#allocate] and [Pages] call, by calling it: that takes a while the first time.
  public static void prepare() {
    boolean _ = allocate(Path.of("/dev/null"), 1); // which refuses
    try (Arena arena = Arena.ofConfined()) {
      boolean _ = HugePages.map(arena, 1).isPresent();
    }
  }

  static boolean isLinux() {
    return System.getProperty("os.name").equals("Linux");
  }

  /// The C function of that name.
  @SuppressWarnings("restricted") // the functions' types are as their manuals give them
  static Optional<MethodHandle> find(
      String function, MemoryLayout result, MemoryLayout... arguments) {
    if (!Posix.class.getModule().isNativeAccessEnabled()) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(function)
        .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(result, arguments)));
  }

  /// None of the functions throws; the signature of a method handle only says it might.
  static IllegalStateException failed(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }

  /// Linked at the first use.
  private static final class Allocation {
    static final Optional<MethodHandle> OPEN = find("open", JAVA_INT, ADDRESS, JAVA_INT);
    static final Optional<MethodHandle> FALLOCATE =
        find("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final Optional<MethodHandle> CLOSE = find("close", JAVA_INT, JAVA_INT);
  }
}
