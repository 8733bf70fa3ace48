package org.lines4j.plan;

/// Told how a run goes on, from any of its threads.
public interface Progress {
  /// Says nothing to anybody.
  Progress SILENT =
      new Progress() {
        @Override
        public void start(String phase, long totalBytes) {}

        @Override
        public void advance(long bytes) {}
      };

  /// A phase begins that will handle `totalBytes`.
  void start(String phase, long totalBytes);

  /// So many more bytes were handled.
  void advance(long bytes);
}
