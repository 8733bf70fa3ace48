package org.lines4j.tune;

import java.util.Locale;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;

/// How λ goes over a model: along a profile over its layers, and what the tensors outside them get.
public record Grading(DepthProfile profile, Outside outside) {
  /// One that has no depth is the same wherever tensors lie.
  public Grading {
    if (profile == DepthProfile.UNIFORM) {
      outside = Outside.ALPHA;
    }
  }

  /// What people call it, such as `lines`, or `lines outside:depth`.
  public String title() {
    return outside == Outside.ALPHA
        ? profile.title()
        : profile.title() + " outside:" + outside.name().toLowerCase(Locale.ROOT);
  }
}
