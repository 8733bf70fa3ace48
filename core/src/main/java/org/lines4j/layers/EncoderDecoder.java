package org.lines4j.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An encoder and the decoder beside it, `PREFIX.encoder.…` and `PREFIX.decoder.…`, one chain each.
///
/// @param root the segments that lead to the encoder, itself included
record EncoderDecoder(List<String> root, Chain encoder, Chain decoder) {

  /// The encoder–decoders among `chains`. An encoder without a decoder, as in BERT, is none; nor
  /// are several encoders with one decoder, which name no order.
  static List<EncoderDecoder> in(List<Chain> chains) {
    Map<List<String>, List<Chain>> byRoot = new HashMap<>();
    for (Chain chain : chains) {
      role(chain)
          .ifPresent(root -> byRoot.computeIfAbsent(root, r -> new ArrayList<>()).add(chain));
    }
    List<EncoderDecoder> pairs = new ArrayList<>();
    byRoot.forEach(
        (root, encoders) -> {
          List<Chain> decoders = byRoot.getOrDefault(decoderBeside(root), List.of());
          if (root.getLast().equals("encoder") && encoders.size() == 1 && decoders.size() == 1) {
            pairs.add(new EncoderDecoder(root, encoders.getFirst(), decoders.getFirst()));
          }
        });
    return pairs;
  }

  /// The segments up to the outermost that is called encoder or decoder.
  private static Optional<List<String>> role(Chain chain) {
    List<String> segments = chain.first().segments();
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).equals("encoder") || segments.get(i).equals("decoder")) {
        return Optional.of(segments.subList(0, i + 1));
      }
    }
    return Optional.empty();
  }

  private static List<String> decoderBeside(List<String> root) {
    List<String> decoder = new ArrayList<>(root);
    decoder.set(root.size() - 1, "decoder");
    return decoder;
  }

  Chain joined() {
    List<Part> parts = new ArrayList<>(encoder.parts());
    parts.addAll(decoder.parts());
    return new Chain(parts);
  }
}
