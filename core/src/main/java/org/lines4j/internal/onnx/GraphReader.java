package org.lines4j.internal.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.internal.onnx.Message.Wire;
import org.lines4j.storage.ByteSource;

/// Finds the initialisers of a file's graph (`ModelProto.graph.initializer`).
///
/// @param initialisers in the order of the file
/// @param unread what else has weights, in words
record GraphReader(List<Initialiser> initialisers, Optional<String> unread) {
  private static final String MODEL = "a graph of ONNX";
  private static final int VERSION = 1;
  private static final int GRAPH = 7;
  private static final int FUNCTIONS = 25;

  /// Fields of a model before its graph, which writers put in order.
  private static final int MOST_BEFORE = 64;

  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int SPARSE_INITIALIZER = 15;

  /// The most bytes of numbers that are decoded in memory, of all tensors.
  private static final long MOST_DECODED = 64L << 20;

  /// Copies the list.
  GraphReader {
    initialisers = List.copyOf(initialisers);
  }

  /// Whether a file begins as a model of ONNX: with its version, a few facts, and a graph.
  static boolean begins(ByteSource file) throws IOException {
    Message model = Message.of(file, MODEL);
    try {
      if (!model.next() || model.number() != VERSION || model.wire() != Wire.VARINT) {
        return false;
      }
      for (int i = 0; i < MOST_BEFORE && model.next(); i++) {
        if (model.number() == GRAPH) {
          return model.wire() == Wire.BYTES && model.size() > 0;
        }
        if (model.number() > GRAPH + 1) {
          return false;
        }
      }
      return false;
    } catch (InputException _) {
      return model.number() == GRAPH && model.isCutShort();
    }
  }

  /// Reads a file's graph.
  ///
  /// @throws InputException if it is malformed
  static GraphReader read(ByteSource file) throws IOException {
    Message model = Message.of(file, MODEL);
    List<Initialiser> initialisers = new ArrayList<>();
    NodeWeights others = new NodeWeights();
    boolean seen = false;
    while (model.next()) {
      if (model.number() == GRAPH) {
        if (seen) {
          throw model.malformed("it has two graphs");
        }
        seen = true;
        readGraph(file, model.message("the graph"), initialisers, others);
      } else if (model.number() == FUNCTIONS) {
        others.function(model.message("a function"));
      }
    }
    if (!seen) {
      throw model.malformed("it has no graph");
    }
    if (initialisers.isEmpty()) {
      throw model
          .malformed("it has no initialisers: a computation without weights")
          .withRemedy("give the model that it was exported from");
    }
    return new GraphReader(initialisers, others.inWords());
  }

  private static void readGraph(
      ByteSource file, Message graph, List<Initialiser> initialisers, NodeWeights others)
      throws IOException {
    long room = MOST_DECODED;
    while (graph.next()) {
      switch (graph.number()) {
        case INITIALIZER -> {
          Message tensor = graph.message("initialiser " + (initialisers.size() + 1));
          Initialiser read = TensorReader.read(file, tensor, room);
          room -= read.decoded();
          initialisers.add(read);
        }
        case SPARSE_INITIALIZER ->
            throw graph
                .malformed("a sparse initialiser, which is not read")
                .withRemedy("give the model that it was exported from");
        case NODE -> others.node(graph.message("a node"));
        default -> {} // inputs, outputs
      }
      if (initialisers.size() > StoredCheckpoint.MAX_TENSORS) {
        throw graph.malformed("more than " + StoredCheckpoint.MAX_TENSORS + " initialisers");
      }
    }
  }
}
