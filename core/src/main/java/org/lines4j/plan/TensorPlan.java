package org.lines4j.plan;

import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.layers.Place;
import org.lines4j.tensor.TensorInfo;

/// What a plan says of one tensor of the output.
public interface TensorPlan {
  /// Its name, its shape, and the type of its values: what reading the output gives.
  TensorInfo info();

  /// Its stack and layer.
  Place place();

  /// What its update is scaled by; empty where nothing is scaled (not a floating type, or only one
  /// of the inputs has it).
  OptionalDouble lambda();

  /// Whether it is one input's tensor as it is.
  boolean isCopied();

  /// Whether its elements are stored one by one, as its type says.
  boolean isPlain();

  /// What tables and messages call the way in which it is stored: a type, or that of its blocks.
  String storedAs();

  /// What they call the way in which its (first) source is stored; empty where nothing is read for
  /// it.
  Optional<String> sourceStoredAs();

  /// The tensor's name.
  default String name() {
    return info().name();
  }
}
