package org.lines4j.lab.experiment;

import java.util.List;
import org.lines4j.layers.LayerScaling;

/// Keeps the update of some blocks and leaves everything else as in the base: the probe that tells
/// which depth a task was learnt at.
///
/// @param group 0-based
/// @param groups that the stack is cut into, of about equal length
public record BlockGroup(int group, int groups) implements LayerScaling {
  /// The cuts that are measured, one after the other: halves and quarters.
  public static final List<Integer> PROBES = List.of(2, 4);

  /// @throws IllegalArgumentException unless 0 ≤ group < groups
  public BlockGroup {
    if (group < 0 || group >= groups) {
      throw new IllegalArgumentException("group %d of %d".formatted(group, groups));
    }
  }

  @Override
  public double atDepth(int layer, int layers) {
    return (layer - 1) * groups / layers == group ? 1 : 0;
  }

  @Override
  public double before() {
    return 0;
  }

  @Override
  public double after() {
    return 0;
  }
}
