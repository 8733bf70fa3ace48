package org.lines4j.lab.experiment;

import java.util.List;
import org.lines4j.lab.encoder.EncoderConfig;

/// What the lab trains and measures. One value decides everything but the seed.
///
/// @param encoder of all models but those of other depths
/// @param pretraining of the base, on all tasks of the image package
/// @param fineTuning on one task
/// @param mismatch how far tasks' class vectors are from those of pre-training: the length of a random
///   direction that is added to each, in units of its own
/// @param tasks that are fine-tuned on and measured
/// @param validationImages of each task, which choices are made on
/// @param testImages of each task, which results are reported on
/// @param soup what is averaged
/// @param study of what decides whether LiNeS pays
public record LabSettings(
    EncoderConfig encoder,
    Schedule pretraining,
    Schedule fineTuning,
    double mismatch,
    List<String> tasks,
    int validationImages,
    int testImages,
    Soup soup,
    Study study) {
  /// Copies the list.
  public LabSettings {
    tasks = List.copyOf(tasks);
  }

  /// How long and how fast a model learns (AdamW, linear warm-up, cosine decay).
  ///
  /// @param steps of one batch each
  /// @param batch images in a step
  /// @param rate the highest learning rate
  public record Schedule(int steps, int batch, double rate) {
    /// The same with steps and rate multiplied.
    public Schedule scaled(double length, double speed) {
      return new Schedule((int) Math.round(steps * length), batch, rate * speed);
    }
  }

  /// Models of one task that differ in their hyper-parameters.
  ///
  /// @param models for each task
  public record Soup(List<String> tasks, int models) {
    /// Copies the list.
    public Soup {
      tasks = List.copyOf(tasks);
    }
  }

  /// A study of what decides whether LiNeS pays.
  ///
  /// @param tasks that each variant is fine-tuned on
  /// @param depths of encoders, in blocks
  /// @param depthPretraining of the bases of the depths
  /// @param lengths of fine-tuning, as multiples
  /// @param rates of fine-tuning, as multiples
  /// @param convergence of the base: fractions of the steps of pre-training
  /// @param mismatches of class vectors
  public record Study(
      List<String> tasks,
      List<Integer> depths,
      Schedule depthPretraining,
      List<Double> lengths,
      List<Double> rates,
      List<Double> convergence,
      List<Double> mismatches) {
    /// Copies the lists.
    public Study {
      tasks = List.copyOf(tasks);
      depths = List.copyOf(depths);
      lengths = List.copyOf(lengths);
      rates = List.copyOf(rates);
      convergence = List.copyOf(convergence);
      mismatches = List.copyOf(mismatches);
    }
  }
}
