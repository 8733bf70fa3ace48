package org.lines4j.cli;

import java.io.Closeable;
import java.io.IOException;
import org.lines4j.plan.Plan;
import org.lines4j.plan.Progress;
import org.lines4j.run.Runner;

/// A kind of clusters that edits and merges can be shared with. Found by `ServiceLoader`, in a jar
/// that the launcher adds where `--cluster` is given.
public interface Clusters {
  /// Connects to a cluster.
  ///
  /// @param address as it was given
  /// @throws IOException if it cannot be reached
  Cluster connect(String address) throws IOException;

  /// A cluster that is connected.
  interface Cluster extends Closeable {
    /// Who carries out the passes of a plan there.
    ///
    /// @param asked what others plan again
    Runner share(Asked asked, Plan plan, Progress progress) throws IOException;
  }
}
