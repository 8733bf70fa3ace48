package org.lines4j.internal.renamed;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.lines4j.error.Shown;

/// What PEFT 0.21 makes of some models otherwise than of others, mostly without a word.
///
/// @param types `model_type` of the models; empty for all
/// @param tensors that it is about, as files name them
public record PeftQuirk(Set<String> types, Pattern tensors, Kind kind) {
  /// What it makes of them.
  public enum Kind {
    /// It refuses products of these modules, or loses them: some kernels read weights themselves,
    /// and some routers are no linear layers.
    TAKES_NO_PRODUCT(
        "peft takes no products of %1$s in models of this kind, so those that changed go along"
            + " whole, such as %2$s"),
    /// These tensors are several modules' once the model runs, so that no name is their own.
    IS_SPLIT(
        "%2$s is of several modules once the model runs in transformers 5, where peft does not find"
            + " what this adapter makes of it, and says nothing; use it here, as MODEL+ADAPTER, or"
            + " make a whole model"),
    /// Layers share modules, or modules tensors, of which PEFT replaces one.
    IS_SHARED(
        "parts of models of this kind are one, and peft may change only one of them, and says"
            + " nothing; use it here, as MODEL+ADAPTER, or make a whole model");

    private final String note;

    Kind(String note) {
      this.note = note;
    }

    /// What is to be known of an adapter that changes such a tensor.
    ///
    /// @param module the last part of its module's name
    /// @param tensor its name in the file
    public String note(String module, String tensor) {
      return note.formatted(Shown.of(module), Shown.of(tensor));
    }
  }

  private static final List<PeftQuirk> KNOWN =
      List.of(
          new PeftQuirk(
              Set.of("falcon_h1", "falcon_mamba", "mamba", "mamba2", "nemotron_h"),
              Pattern.compile("\\.out_proj\\.weight$"),
              Kind.TAKES_NO_PRODUCT),
          new PeftQuirk(
              Set.of(
                  "gpt_oss",
                  "granitemoe",
                  "granitemoehybrid",
                  "granitemoeshared",
                  "lfm2_moe",
                  "nemotron_h"),
              Pattern.compile("\\.(router(\\.layer)?|gate)\\.weight$"),
              Kind.TAKES_NO_PRODUCT),
          new PeftQuirk( // gates of DINOv2's giants, and what they gate
              Set.of(), Pattern.compile("\\.mlp\\.weights_in\\.(weight|bias)$"), Kind.IS_SPLIT),
          new PeftQuirk(Set.of("udop", "zamba", "zamba2"), Pattern.compile(""), Kind.IS_SHARED));

  /// Those of models of a type.
  static List<PeftQuirk> of(String type) {
    return KNOWN.stream()
        .filter(quirk -> quirk.types.isEmpty() || quirk.types.contains(type))
        .toList();
  }

  /// Whether it is about a tensor.
  ///
  /// @param tensor as the file names it
  public boolean concerns(String tensor) {
    return tensors.matcher(tensor).find();
  }
}
