package org.lines4j.storage.far;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Small pieces of files that were fetched, in memory that all files share: headers, which are read
/// more than once.
final class Pages {
  /// Bytes of a page, the least that is fetched.
  static final int SIZE = 1 << 16;

  /// Of all files: 64 MiB.
  private static final int MOST = 1024;

  /// Of everybody.
  static final Pages SHARED = new Pages();

  private record Key(Object file, long number) {}

  private final Map<Key, byte[]> pages = new LinkedHashMap<>(16, 0.75f, true);

  synchronized byte @Nullable [] find(Object file, long number) {
    return pages.get(new Key(file, number));
  }

  synchronized void put(Object file, long number, byte[] page) {
    pages.put(new Key(file, number), page);
    if (pages.size() > MOST) {
      pages.remove(pages.keySet().iterator().next());
    }
  }

  /// Pages in a row before one, as far as it counts.
  synchronized int run(Object file, long number, int most) {
    int count = 0;
    while (count < most && pages.containsKey(new Key(file, number - count - 1))) {
      count++;
    }
    return count;
  }

  @SuppressWarnings("ReferenceEquality") // a file is who holds it
  synchronized void drop(Object file) {
    pages.keySet().removeIf(key -> key.file() == file);
  }
}
