package org.lines4j.method;

/// A merge method that can be a step behind others, too: `calibrate: NAME` of a recipe.
public interface Calibration extends MethodType {
  /// What recipes call the parameter that names it.
  String PARAMETER = "calibrate";

  /// What another method merges, calibrated: takes the other's parameters, [#PARAMETER] with this
  /// one's name for a value, and this one's own.
  ///
  /// @param method one that merges updates of a base, or can
  MethodType after(MethodType method);
}
