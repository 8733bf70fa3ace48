package org.lines4j.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.InputException;
import org.lines4j.storage.Location;
import org.lines4j.testing.Safetensors;

/// Model folders and their indexes, right and hostile.
class ModelFolderTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path parent;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(parent.resolve("model"));
  }

  private void file(String name, String... tensors) throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < tensors.length; i++) {
      header.append(i == 0 ? "" : ",").append(Safetensors.u8(tensors[i], i, i + 1));
    }
    Files.write(
        folder.resolve(name), Safetensors.file(header.append('}').toString(), tensors.length));
  }

  private void index(String text) throws IOException {
    Files.writeString(folder.resolve(INDEX), text);
  }

  private List<String> names() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return checkpoint.tensors().stream().map(StoredTensor::name).toList();
    }
  }

  /// What the message says after `file`.
  private String refusal(Path opened, Path file) {
    InputException refusal =
        assertTimeoutPreemptively(
            SOON, () -> assertThrows(InputException.class, () -> Checkpoint.open(opened).close()));
    String message = Objects.requireNonNull(refusal.getMessage());
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  private String indexRefusal() {
    return refusal(folder, folder.resolve(INDEX));
  }

  private void assertIndexRefused(String message, String text) throws IOException {
    index(text);
    assertEquals(message, indexRefusal(), text);
  }

  @Test
  void aFolderWithOneFileIsReadWhateverTheFileIsCalled() throws IOException {
    file("weights.safetensors", "a", "b");
    assertEquals(List.of("a", "b"), names());
  }

  @Test
  void modelSafetensorsIsTheModelAmongOthers() throws IOException {
    file("model.safetensors", "a");
    file("adapter_model.safetensors", "b");
    assertEquals(List.of("a"), names());
  }

  @Test
  void anIndexNamesTheShards() throws IOException {
    file("1.safetensors", "a", "b");
    file("2.safetensors", "c");
    file("consolidated.safetensors", "x");
    index(
        """
        {"metadata":{"total_size":3,"nested":[{"a":[]}]},
         "weight_map":{"c":"2.safetensors","a":"1.safetensors","b":"1.safetensors"}}
        """);
    assertEquals(List.of("a", "b", "c"), names());
  }

  @Test
  void anIndexMayNameASingleFile() throws IOException {
    file("model.safetensors", "a");
    index("{\"weight_map\":{\"a\":\"model.safetensors\"}}");
    assertEquals(List.of("a"), names());
  }

  @Test
  void aSingleFileAndAnIndexOfOthersAreTwoModels() throws IOException {
    file("model.safetensors", "a");
    file("1.safetensors", "a");
    index("{\"weight_map\":{\"a\":\"1.safetensors\"}}");
    assertEquals(
        "two sets of weights: model.safetensors, and model.safetensors.index.json, which names"
            + " other files; name the file that you mean, or remove what does not belong here",
        refusal(folder, folder));
  }

  @Test
  void anotherFileBesideWhatTransformersLoadsIsASecondModel() throws IOException {
    file("open_clip_model.safetensors", "a");
    Files.writeString(folder.resolve("pytorch_model.bin"), "");
    assertEquals(
        "two sets of weights: pytorch_model.bin, and open_clip_model.safetensors; name the file"
            + " that you mean, or remove what does not belong here",
        refusal(folder, folder));
    file("model.safetensors", "b");
    assertEquals(List.of("b"), names());
  }

  /// As in Mistral Large's repository: transformers looks for one of them by its name.
  @Test
  void theIndexThatTransformersLooksForIsTakenOfSeveral() throws IOException {
    file("model-00001-of-00002.safetensors", "a");
    file("model-00002-of-00002.safetensors", "b");
    index(
        "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}");
    file("consolidated-00001-of-00001.safetensors", "c");
    Path other = folder.resolve("consolidated.safetensors.index.json");
    Files.writeString(
        other, "{\"weight_map\":{\"c\":\"consolidated-00001-of-00001.safetensors\"}}");
    assertEquals(List.of("a", "b"), names());
    Files.move(
        folder.resolve("model.safetensors.index.json"), folder.resolve("x.safetensors.index.json"));
    assertEquals(
        "expected one .safetensors file or one index, found consolidated.safetensors.index.json,"
            + " x.safetensors.index.json; remove the indexes that do not belong here",
        refusal(folder, folder));
    file("model.safetensors", "d");
    assertEquals(List.of("d"), names());
  }

  @Test
  void whatDiffusersLoadsIsTakenBesideItsVariants() throws IOException {
    file("diffusion_pytorch_model.safetensors", "a");
    file("diffusion_pytorch_model.fp16.safetensors", "b");
    file("diffusion_pytorch_model.non_ema.safetensors", "c");
    assertEquals(List.of("a"), names());
    file("diffusion_pytorch_model.bf16-00001-of-00001.safetensors", "d");
    Files.writeString(
        folder.resolve("diffusion_pytorch_model.safetensors.index.bf16.json"),
        "{\"weight_map\":{\"d\":\"diffusion_pytorch_model.bf16-00001-of-00001.safetensors\"}}");
    assertEquals(List.of("a"), names());
  }

  @Test
  void variantsAloneAreForTheUserToChooseFrom() throws IOException {
    file("diffusion_pytorch_model.fp16.safetensors", "a");
    assertEquals(List.of("a"), names());
    file("diffusion_pytorch_model.bf16.safetensors", "b");
    assertTrue(refusal(folder, folder).endsWith("; name the file that you mean"));
  }

  @Test
  void severalFilesWithoutAnIndexAreRefused() throws IOException {
    file("a.safetensors", "a");
    file("b.safetensors", "b");
    assertEquals(
        "expected one .safetensors file or one index, found a.safetensors, b.safetensors; name the"
            + " file that you mean",
        refusal(folder, folder));
  }

  @Test
  void aFolderWithoutWeightsSaysWhatItHas() throws IOException {
    assertEquals(
        "no weights in this folder: expected model.safetensors or model.safetensors.index.json,"
            + " found nothing; name the folder or file that holds the weights",
        refusal(folder, folder));
    Files.writeString(folder.resolve("weights.bin"), "");
    assertEquals(
        "no .safetensors weights in this folder, only weights.bin; save the model again as"
            + " safetensors",
        refusal(folder, folder));
    Files.writeString(folder.resolve("weights-2.bin"), "");
    String several = refusal(folder, folder);
    assertTrue(
        several.endsWith("; save the model again with save_pretrained, which writes safetensors"));
    Files.write(folder.resolve("weights.bin"), new byte[] {(byte) 0x80, 2, '}', 'q', 0});
    assertEquals(
        "no .safetensors weights in this folder, only weights-2.bin, weights.bin; name the file"
            + " that you mean",
        refusal(folder, folder));
    Files.createDirectory(folder.resolve("low_noise_model"));
    Files.writeString(folder.resolve("low_noise_model/model.safetensors"), "");
    assertEquals(
        "no .safetensors weights in this folder, only weights-2.bin, weights.bin, and models in its"
            + " folders low_noise_model; name the file or folder that you mean",
        refusal(folder, folder));
    Files.delete(folder.resolve("weights.bin"));
    assertEquals(
        "no weights in this folder, but in its folders low_noise_model; name one of them, such as "
            + folder.resolve("low_noise_model"),
        refusal(folder, folder));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "model.zip; no weights in this folder, only the archive model.zip; unpack model.zip",
        "model.safetensors.incomplete; no weights in this folder, only"
            + " model.safetensors.incomplete, whose download has not ended",
        ".cache/huggingface/download/x.incomplete; no weights in this folder, whose download has"
            + " not ended",
        "saved_model.pb; a SavedModel of TensorFlow",
        "model.ckpt-9.data-00000-of-00001; a checkpoint of TensorFlow",
        "x.mlpackage/Manifest.json; a model of Core ML",
        "iter_0000100/mp_rank_00/model_optim_rng.pt; a checkpoint of Megatron",
        "optimizer.pt; no weights in this folder, only what a training run goes on from"
            + " (optimizer.pt); name the folder that the model was saved in",
        "data-00000-of-00001.arrow; a data set (data-00000-of-00001.arrow), not a model",
        "dataset_info.json; a data set",
        "rank0.engine; an engine of TensorRT",
        "epoch/epoch=3.ckpt; no weights in this folder, but in its folders epoch; name one of them",
        "weights.npz; no .safetensors weights in this folder, only weights.npz",
        "logs/version_0/checkpoints/last.ckpt; no weights in this folder, but in its folders"
            + " logs/version_0/checkpoints; name one of them",
        "runs/train/weights/best.pt; no weights in this folder, but in its folders"
            + " runs/train/weights",
        "original/consolidated.00.pth; no weights in this folder, but in its folders original",
        "checkpoint-9/global_step9/mp_rank_00_model_states.pt; no weights in this folder of a"
            + " training run, but in its checkpoints checkpoint-9; name one of them",
        "checkpoint-9/pytorch_model_fsdp_0/__0_0.distcp; no weights in this folder of a training"
            + " run, but in its checkpoints checkpoint-9; name one of them",
        "runs/a/checkpoint-9/pytorch_model_fsdp_0/__0_0.distcp; no weights in this folder, but in"
            + " its folders runs/a/checkpoint-9; name one of them",
        "outputs/checkpoint/step-9/__0_0.distcp; no weights in this folder, but in its folders"
            + " outputs/checkpoint/step-9; name one of them",
        "site-packages/distutils.pth; no weights in this folder: expected",
        "lib/site-packages/distutils.pth; no weights in this folder: expected",
        "run/model_best.pth.tar; no weights in this folder, but in its folders run",
        "onnx/model_q4.onnx; no weights in this folder, but in its folders onnx; name one of them",
        "model.keras; a model of Keras (model.keras)",
        "_METADATA; a checkpoint of Orbax",
        "pytorch_model-00001-of-00002.bin; parts of a model (pytorch_model-00001-of-00002.bin), but"
            + " no index (pytorch_model.bin.index.json) that says what belongs to it",
        "notes.txt; no weights in this folder: expected model.safetensors or"
            + " model.safetensors.index.json, found config.json, notes.txt; name the folder",
        "checkpoint-9/pytorch_model.bin; no weights in this folder of a training run, but in its"
            + " checkpoints checkpoint-9;"
      })
  void aFolderOfSomethingElseIsCalledWhatItIs(String file, String expected) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.createDirectories(folder.resolve(file).getParent());
    Files.writeString(folder.resolve(file), "x");
    String refusal = refusal(folder, folder);
    assertTrue(refusal.startsWith(expected), refusal);
  }

  /// What NVIDIA's programs and those of reinforcement learning leave: each is named, and gets the
  /// command that makes a model of it. The files are said relative to the folder that is asked for.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "; weights/__0_0.distcp weights/.metadata weights/common.pt context/model.yaml; a"
            + " checkpoint of NeMo 2; export_ckpt(Path('@'), 'hf', Path('OUT'))",
        "; weights/__0_0.distcp weights/common.pt context/io.json context/a/x.safetensors; a"
            + " checkpoint of NeMo 2; export_ckpt(Path('@'), 'hf', Path('OUT'))",
        "weights; weights/__0_0.distcp weights/common.pt weights/metadata.json context/io.json; the"
            + " weights of a checkpoint of NeMo 2; export_ckpt(Path('@'), 'hf', Path('OUT'))",
        "; model_config.yaml model_weights/common.pt model_weights/metadata.json; a checkpoint of"
            + " NeMo 1; convert_llama_nemo_to_hf.py",
        "; iter_0000100/__0_0.distcp iter_0000100/common.pt latest_checkpointed_iteration.txt; a"
            + " checkpoint of Megatron-Core in iter_0000100; export_ckpt('@/iter_0000100', 'OUT')",
        "; iter_5/common.pt iter_5/metadata.json iter_5/embedding.weight/.zarray; a checkpoint of"
            + " Megatron-Core in iter_5; export_ckpt('@/iter_5', 'OUT')",
        "; __0_0.distcp __0_1.distcp common.pt metadata.json; a checkpoint of Megatron-Core;"
            + " export_ckpt('@', 'OUT')",
        "; __0_0.distcp .metadata meta.pt; a checkpoint of Lightning, in parts of .distcp;"
            + " consolidate_checkpoint @",
        "; __0_0.distcp .metadata; a distributed checkpoint of PyTorch; dcp_to_torch @ OUT.pt",
        "; mp_rank_00/model_optim_rng.pt mp_rank_01/model_optim_rng.pt; a checkpoint of Megatron;"
            + " tools/checkpoint/convert.py of Megatron-LM",
        "mp_rank_01; mp_rank_01/model_optim_rng.pt; a part of a checkpoint of Megatron;"
            + " tools/checkpoint/convert.py of Megatron-LM",
        "global_step7; global_step7/mp_rank_00_model_states.pt zero_to_fp32.py; a checkpoint of"
            + " DeepSpeed; python zero_to_fp32.py . OUT --safe_serialization in the folder above",
        "; actor/model_world_size_2_rank_0.pt actor/model_world_size_2_rank_1.pt"
            + " actor/optim_world_size_2_rank_0.pt actor/huggingface/config.json data.pt; a"
            + " checkpoint of verl; verl.model_merger merge --backend fsdp --local_dir @/actor"
            + " --target_dir OUT",
        "it's; it's/model_world_size_1_rank_0.pt it's/extra_state_world_size_1_rank_0.pt; a"
            + " checkpoint of verl; --local_dir '@/it'\\''s' --target_dir OUT",
        "; model_world_size_1_rank_0.pt huggingface/model.safetensors; a checkpoint of verl; name"
            + " @/huggingface, which holds them all",
        "; global_step_9/actor/model_world_size_1_rank_0.pt"
            + " global_step_10/actor/model_world_size_1_rank_0.pt; no weights in this folder of a"
            + " training run, but in its checkpoints global_step_9, global_step_10;"
            + " such as the newest, @/global_step_10",
        "; llama.nemo; no weights in this folder, only the archive llama.nemo of NeMo 1;"
            + " convert_llama_nemo_to_hf.py"
      })
  void whatProcessesLeaveInPartsIsCalledWhatItIs(
      String asked, String files, String expected, String remedy) throws IOException {
    for (String file : files.split(" ", -1)) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "x");
    }
    Path opened = asked == null ? folder : folder.resolve(asked);
    String refusal = refusal(opened, opened);
    assertTrue(refusal.startsWith(expected), refusal);
    assertTrue(refusal.contains(remedy.replace("@", folder.toString())), refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama.nemo", "asr.nemo"})
  void anArchiveOfNemoIsCalledSo(String name) throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("./model_config.yaml".getBytes(UTF_8), 0, tar, 0, 19);
    System.arraycopy("ustar".getBytes(UTF_8), 0, tar, 257, 5);
    Path file = Files.write(folder.resolve(name), tar);
    String refusal = refusal(file, file);
    assertTrue(refusal.startsWith("a model of NeMo 1 (a tar archive)"), refusal);
    assertTrue(refusal.contains("convert_llama_nemo_to_hf.py"), refusal);
  }

  @ParameterizedTest
  @CsvSource({
    "openvino_model.bin, openvino_model.xml, OpenVINO",
    "model.bin, shared_vocabulary.json, CTranslate2",
    "params_shard_0.bin, mlc-chat-config.json, MLC"
  })
  void whatAProgramRunsModelsFromIsCalledSo(String weights, String beside, String program)
      throws IOException {
    Files.write(folder.resolve(weights), new byte[100]);
    Files.writeString(folder.resolve(beside), "{}");
    assertEquals(
        "a model of %s; give the model that it was made from".formatted(program),
        refusal(folder, folder));
  }

  /// A run that has written the model whole, where shards lay before.
  @Test
  void anOldIndexBesideAModelIsNotBlamedOnADownload() throws IOException {
    file("model.safetensors", "a");
    index("{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\"}}");
    assertEquals(
        "two sets of weights: model.safetensors, and model.safetensors.index.json, which cannot be"
            + " used: the shard model-00001-of-00002.safetensors that it names is missing; name the"
            + " file that you mean, or remove what does not belong here",
        refusal(folder, folder));
  }

  /// What a download that was broken off leaves: `transformers` finds no model there, either.
  @Test
  void onePartOfAModelIsNotTakenForIt() throws IOException {
    file("model-00002-of-00003.safetensors", "a");
    assertEquals(
        "parts of a model (model-00002-of-00003.safetensors), but no index"
            + " (model.safetensors.index.json) that says what belongs to it; download or copy the"
            + " model again",
        refusal(folder, folder));
    Files.move(
        folder.resolve("model-00002-of-00003.safetensors"),
        folder.resolve("model-00001-of-00001.safetensors"));
    Checkpoint.open(folder).close();
  }

  @Test
  void anIndexInPlaceOfItsFolderIsCalledSo() throws IOException {
    index("{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\"}}");
    Path index = folder.resolve("model.safetensors.index.json");
    assertEquals(
        "an index of the files of a model, not a safetensors file; name the folder that holds it"
            + " and them",
        refusal(index, index));
  }

  @Test
  void partsOfOneModelAreNotTakenForModels() throws IOException {
    Files.writeString(folder.resolve("consolidated.00.pth"), "");
    Files.writeString(folder.resolve("consolidated.01.pth"), "");
    assertTrue(refusal(folder, folder).startsWith("a model as Meta gives it, in a part for each"));
  }

  /// As `git clone` leaves it behind where LFS is not installed.
  @Test
  void anIndexThatWasNotFetchedIsAPointer() throws IOException {
    index("version https://git-lfs.github.com/spec/v1\nsize 9");
    assertEquals(
        "a pointer of Git LFS, not the file itself; fetch it with 'git lfs pull'",
        refusal(folder, folder.resolve("model.safetensors.index.json")));
  }

  @Test
  void aFileThatIsNoCheckpointOfPyTorchIsCalledWhatItIs() throws IOException {
    Path bin = Files.writeString(folder.resolve("pytorch_model.bin"), "");
    assertEquals(
        "an empty file, not a checkpoint of PyTorch; copy or download it again",
        refusal(folder, bin));
    Files.writeString(bin, "\u00e4rger");
    assertEquals(
        "no checkpoint of PyTorch: neither a zip archive nor a pickle", refusal(folder, bin));
    Files.write(bin, new byte[] {(byte) 0x80, 2, '}', 'q', 0});
    assertTrue(refusal(folder, bin).startsWith("a pickle, but none that torch.save has written"));
    Files.writeString(bin, "<html>");
    assertTrue(refusal(folder, bin).startsWith("a web page, not a checkpoint of PyTorch; "));
    Files.writeString(bin, "Entry not found\n");
    assertEquals(
        "a text (Entry not found), not a checkpoint of PyTorch; download it again: this may be what"
            + " a server answered in place of it",
        refusal(folder, bin));
  }

  private void model(String name) throws IOException {
    Files.createDirectories(folder.resolve(name));
    file(name + "/model.safetensors", "a");
  }

  @Test
  void aPipelineNamesTheFoldersThatHoldModels() throws IOException {
    Files.writeString(folder.resolve("model_index.json"), "{}");
    Files.createDirectory(folder.resolve("scheduler"));
    model("text_encoder");
    model("unet");
    assertEquals(
        "a pipeline, which holds models in its folders text_encoder, unet; name one of them, such"
            + " as "
            + folder.resolve("unet"),
        refusal(folder, folder));
    InputException refused =
        assertThrows(InputException.class, () -> Checkpoint.open(Location.of(folder)).close());
    assertEquals(
        Optional.of("name one of them, such as " + folder.resolve("unet")),
        refused.problem().remedy().map(Object::toString));
  }

  @Test
  void aCacheOfTheHubNamesItsSnapshots() throws IOException {
    String snapshot = "models--acme--tiny/snapshots/0123abc";
    model(snapshot);
    Files.createDirectories(folder.resolve("models--acme--none/refs"));
    assertEquals(
        "a cache of the Hugging Face hub, which holds models in its folders %s; name one of them, such as %s"
            .formatted(snapshot, folder.resolve(snapshot)),
        refusal(folder, folder));
    Path model = folder.resolve("models--acme--tiny");
    assertEquals(
        "a cache of the Hugging Face hub, which holds models in its folders snapshots/0123abc; name"
            + " one of them, such as "
            + folder.resolve(snapshot),
        refusal(model, model));
  }

  /// As tokenizers leave it, of which there is nothing else.
  @Test
  void aCacheWithoutWeightsIsCalledSo() throws IOException {
    Path model = folder.resolve("models--acme--tiny");
    Files.createDirectories(model.resolve("snapshots/0123abc"));
    Files.writeString(model.resolve("snapshots/0123abc/config.json"), "{}");
    String advice =
        "the Hugging Face hub's cache of a model, without its weights; fetch them with: hf download"
            + " ";
    assertEquals(advice + "acme/tiny", refusal(model, model));
    Path snapshots = model.resolve("snapshots");
    assertEquals(advice + "acme/tiny", refusal(snapshots, snapshots));
    Path snapshot = snapshots.resolve("0123abc");
    assertEquals(advice + "acme/tiny", refusal(snapshot, snapshot));
    Path old = Files.move(model, folder.resolve("models--gpt2"));
    assertEquals(advice + "gpt2", refusal(old, old));
  }

  @Test
  void aCacheOfAPipelineNamesItsSnapshots() throws IOException {
    String snapshot = "snapshots/0123abc";
    model(snapshot + "/unet");
    Files.writeString(folder.resolve(snapshot).resolve("model_index.json"), "{}");
    assertEquals(
        "a cache of the Hugging Face hub, which holds models in its folders %s; name one of them, such as %s"
            .formatted(snapshot, folder.resolve(snapshot)),
        refusal(folder, folder));
  }

  @Test
  void aRunNamesItsCheckpointsAndTheNewest() throws IOException {
    model("checkpoint-1000");
    model("checkpoint-200");
    Files.writeString(folder.resolve("training_args.bin"), "");
    assertEquals(
        "no weights in this folder of a training run, but in its checkpoints checkpoint-200,"
            + " checkpoint-1000; name one of them, such as the newest, "
            + folder.resolve("checkpoint-1000"),
        refusal(folder, folder));
  }

  @Test
  void aRunNamesTheModelThatItEndedWith() throws IOException {
    model("checkpoint-200");
    model("final");
    assertEquals(
        "no weights in this folder of a training run, but in its checkpoints checkpoint-200, and in"
            + " its folders final; name one of them, such as "
            + folder.resolve("final"),
        refusal(folder, folder));
  }

  @Test
  void checkpointsOfOtherNamesAreToldByTheirNumbers() throws IOException {
    model("step_90");
    model("step_1000");
    assertEquals(
        "no weights in this folder of a training run, but in its checkpoints step_90, step_1000;"
            + " name one of them, such as the newest, "
            + folder.resolve("step_1000"),
        refusal(folder, folder));
    model("epoch_1");
    assertTrue(
        refusal(folder, folder).endsWith("such as " + folder.resolve("step_1000")),
        refusal(folder, folder));
  }

  /// As accelerate saves it: what training goes on from lies in folders of the same kind.
  @Test
  void thePartsOfAnOptimiserAreNotTakenForThoseOfAModel() throws IOException {
    for (String part : List.of("optimizer_0", "pytorch_model_fsdp_0")) {
      Files.writeString(Files.createDirectory(folder.resolve(part)).resolve("__0_0.distcp"), "x");
    }
    Files.writeString(folder.resolve("sampler.bin"), "x");
    assertEquals(
        "weights of FSDP in pytorch_model_fsdp_0, in parts of .distcp; put the model together"
            + " first: accelerate merge-weights %s OUT"
                .formatted(folder.resolve("pytorch_model_fsdp_0")),
        refusal(folder, folder));
  }

  @Test
  void anyFolderNamesThoseOfItsFoldersThatHoldWeights() throws IOException {
    model("final");
    assertEquals(
        "no weights in this folder, but in its folders final; name one of them, such as "
            + folder.resolve("final"),
        refusal(folder, folder));
  }

  @Test
  void aNameOfTheHubComesWithTheCommandThatDownloadsIt() {
    Path name = Path.of("acme/tiny");
    assertEquals(
        "there is no such file or folder; models are folders and files: download a model of the"
            + " Hugging Face hub first, with: hf download acme/tiny --local-dir acme/tiny",
        refusal(name, name));
    Path revision = Path.of("acme/tiny@main");
    assertTrue(
        refusal(revision, revision).contains("hf download acme/tiny --revision main --local"));
    Path missing = Path.of("src/tiny");
    assertEquals("there is no such file or folder", refusal(missing, missing));
  }

  /// As many tutorials still have them.
  @ParameterizedTest
  @CsvSource({
    "gpt2, openai-community/gpt2",
    "bert-base-uncased, google-bert/bert-base-uncased",
    "xlm-roberta-base, FacebookAI/xlm-roberta-base",
    "distilbert-base-uncased, distilbert/distilbert-base-uncased",
    "t5-small, google-t5/t5-small",
    "albert-xxlarge-v2, albert/albert-xxlarge-v2"
  })
  void anOldNameOfTheHubComesWithItsOwner(Path name, String today) {
    assertEquals(
        "there is no such file or folder; the Hugging Face hub names it with its owner: " + today,
        refusal(name, name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "/etc/passwd",
        "sub/1.safetensors",
        "./1.safetensors",
        ".",
        "..",
        "",
        "..\\\\outside.safetensors",
        "C:outside.safetensors",
        "C:\\\\outside.safetensors",
        "1.safetensors\\u0000.txt",
        "1.safetensors\\n"
      })
  void anIndexThatPointsOutOfItsFolderIsRefused(String name) throws IOException {
    file("1.safetensors", "a");
    Files.copy(folder.resolve("1.safetensors"), parent.resolve("outside.safetensors"));
    Files.createDirectory(folder.resolve("sub"));
    Files.copy(folder.resolve("1.safetensors"), folder.resolve("sub/1.safetensors"));
    index("{\"weight_map\":{\"a\":\"" + name + "\"}}");
    String message = indexRefusal();
    assertTrue(message.startsWith("weight_map should name files of this folder, found '"), message);
    assertTrue(message.chars().noneMatch(Character::isISOControl), message);
  }

  @Test
  void anIndexWhoseShardIsMissingIsRefused() throws IOException {
    String message =
        "the shard 1.safetensors that it names is missing; download or copy the model again";
    assertIndexRefused(message, "{\"weight_map\":{\"a\":\"1.safetensors\"}}");
    String longName = "1".repeat(5000);
    index("{\"weight_map\":{\"a\":\"" + longName + "\"}}");
    assertTrue(
        indexRefusal()
            .endsWith(
                "1… (5000 characters) that it names is missing; download or copy the model again"));
  }

  @Test
  void anIndexThatDisagreesWithItsShardsIsRefused() throws IOException {
    file("1.safetensors", "a", "b");
    file("2.safetensors", "c");
    assertIndexRefused(
        "tensor b is in 1.safetensors, but weight_map puts it in no file",
        "{\"weight_map\":{\"a\":\"1.safetensors\",\"c\":\"2.safetensors\"}}");
    assertIndexRefused(
        "tensor b is in 1.safetensors, but weight_map puts it in 2.safetensors",
        "{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\",\"c\":\"2.safetensors\"}}");
    assertIndexRefused(
        "tensor d is not in 2.safetensors, where weight_map puts it; so are 1 more",
        """
        {"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors",
        "d":"2.safetensors","e":"1.safetensors"}}\
        """);
  }

  @Test
  void oneTensorInTwoShardsIsRefused() throws IOException {
    file("1.safetensors", "a");
    file("2.safetensors", "b", "a");
    index("{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}");
    assertEquals(
        "tensor a is also in 1.safetensors", refusal(folder, folder.resolve("2.safetensors")));
  }

  @Test
  void indexesThatAreNoIndexesAreRefused() throws IOException {
    file("1.safetensors", "a");
    String entry = "\"a\":\"1.safetensors\"";
    assertIndexRefused("the index should be an object, found the end", "");
    assertIndexRefused("the index should be an object, found a list", "[]");
    assertIndexRefused("the index should be an object, found null", "null");
    assertIndexRefused("its weight_map is missing or empty", "{}");
    assertIndexRefused("its weight_map is missing or empty", "{\"metadata\":{\"weight_map\":{}}}");
    assertIndexRefused("its weight_map is missing or empty", "{\"weight_map\":{}}");
    assertIndexRefused(
        "weight_map should be an object of file names, found a list", "{\"weight_map\":[]}");
    assertIndexRefused(
        "weight_map, a should be a file name, found a number", "{\"weight_map\":{\"a\":1}}");
    assertIndexRefused(
        "weight_map, a should be a file name, found null", "{\"weight_map\":{\"a\":null}}");
    assertIndexRefused(
        "weight_map, a should be a file name, found an object", "{\"weight_map\":{\"a\":{}}}");
    assertIndexRefused(
        "weight_map names a twice", "{\"weight_map\":{%s,%s}}".formatted(entry, entry));
    assertIndexRefused(
        "weight_map is given twice", "{\"weight_map\":{%s},\"weight_map\":{}}".formatted(entry));
    assertIndexRefused(
        "the index goes on after its last '}'", "{\"weight_map\":{%s}} {}".formatted(entry));
    assertIndexRefused(
        "malformed JSON at character 34: Unexpected end-of-input: expected close marker for Object",
        "{\"weight_map\":{%s".formatted(entry));
    assertIndexRefused(
        "malformed JSON at character 3: Unrecognized token 'not': was expecting", "not JSON");
    assertIndexRefused(
        "malformed JSON at character 112: Document nesting depth (101) exceeds the maximum allowed"
            + " (100)",
        "{\"metadata\":" + "[".repeat(100_000));
    assertIndexRefused(
        "malformed JSON: half a character in '\\ud83e'", "{\"weight_map\":{\"a\":\"\\ud83e\"}}");
    Files.write(folder.resolve(INDEX), new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    assertEquals("malformed JSON: it should be UTF-8, but is not", indexRefusal());
  }

  @Test
  void anIndexOfMoreTensorsThanAnyModelHasIsRefused() throws IOException {
    StringBuilder text = new StringBuilder("{\"weight_map\":{");
    for (int i = 0; i <= 400_000; i++) {
      text.append(i == 0 ? "\"" : ",\"").append(i).append("\":\"x\"");
    }
    assertIndexRefused("more than 400000 tensors", text.append("}}").toString());
  }

  @Test
  void aHugeIndexIsRefusedUnread() throws IOException {
    try (var channel =
        java.nio.channels.FileChannel.open(
            folder.resolve(INDEX),
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap("{}".getBytes(UTF_8)), 1L << 40);
    }
    assertEquals("longer than 200000000 bytes", indexRefusal());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = parent.resolve("missing.safetensors");
    assertEquals("there is no such file or folder", refusal(missing, missing));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "hf.co/acme/tiny; a model of the Hugging Face hub is named acme/tiny",
        "www.huggingface.co/acme/tiny/; a model of the Hugging Face hub is named acme/tiny",
        "git@hf.co:acme/tiny; a model of the Hugging Face hub is named acme/tiny",
        "huggingface.co/acme/tiny.git; a model of the Hugging Face hub is named acme/tiny",
        "acme/tiny@; a revision is named behind an @, such as acme/tiny@main",
        "acme/tiny:v2; a revision is named behind an @, such as acme/tiny@v2",
        "acme/tiny-GGUF:Q4_K_M; a file of a model of the Hugging Face hub is named"
            + " hf://acme/tiny-GGUF/FILE, where FILE has Q4_K_M in it",
        "hf.co/acme/tiny-GGUF:UD-IQ2_XXS; a file of a model of the Hugging Face hub is named"
            + " hf://acme/tiny-GGUF/FILE, where FILE has UD-IQ2_XXS in it",
        "file:/acme/tiny; name the path alone: /acme/tiny",
        "hf:/acme/tiny; an address has two slashes: hf://acme/tiny",
        "s3:/bucket/x; an address has two slashes: s3://bucket/x",
        "https:/example.org/x.safetensors; an address has two slashes:"
            + " https://example.org/x.safetensors",
        "~/tiny; '~' is the home folder to a shell alone: write HOME/tiny"
      })
  void aNameThatIsNearlyOneGetsTheRightOne(String name, String advice) {
    String expected = "there is no such file or folder; " + advice;
    Path path = Path.of(name);
    assertEquals(expected.replace("HOME", System.getProperty("user.home")), refusal(path, path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme/tiny/model.safetensors", "acme/tiny/unet/model.bin"})
  void aFileBehindAModelsNameMayBeOneOfTheHubs(String name) {
    Path path = Path.of(name);
    assertEquals(
        "there is no such file or folder; nor is there a folder %s; a file of a model of the Hugging Face hub is named hf://%s"
            .formatted(path.toAbsolutePath().getParent(), name),
        refusal(path, path));
  }

  @Test
  void theNameBesideItThatWasMeantIsTold() throws IOException {
    Files.createFile(parent.resolve("y"));
    Files.createFile(parent.resolve("model-a.safetensors"));
    Path near = parent.resolve("model-b.safetensors");
    assertEquals(
        "there is no such file or folder; did you mean 'model-a.safetensors'?",
        refusal(near, near));
    Path letter = parent.resolve("x");
    assertEquals("there is no such file or folder", refusal(letter, letter));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void specialFilesAreRefusedWithoutReadingThem() throws IOException, InterruptedException {
    Path fifo = fifo(parent.resolve("fifo.safetensors"));
    for (Path special : List.of(fifo, Path.of("/dev/zero"), Path.of("/dev/null"))) {
      assertEquals("not a regular file", refusal(special, special));
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void specialFilesInAFolderAreRefused() throws IOException, InterruptedException {
    Path index = fifo(folder.resolve(INDEX));
    assertEquals("not a regular file", refusal(folder, index));
    Files.delete(index);
    index("{\"weight_map\":{\"a\":\"1.safetensors\"}}");
    Path shard = fifo(folder.resolve("1.safetensors"));
    assertEquals("not a regular file", refusal(folder, shard));
    Files.delete(shard);
    Files.createDirectory(shard);
    assertEquals("not a regular file", refusal(folder, shard));
    Files.delete(shard);
    Files.createSymbolicLink(shard, Path.of("/dev/zero"));
    assertEquals("not a regular file", refusal(folder, shard));
    Files.delete(shard);
    Files.createSymbolicLink(shard, shard.getFileName());
    assertEquals(
        "the shard 1.safetensors that it names is missing; download or copy the model again",
        indexRefusal());
  }

  /// As a cache is left behind whose blobs were cleared away.
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void linksToNothingAreCalledSo() throws IOException {
    Path self = Files.createSymbolicLink(parent.resolve("self"), Path.of("self"));
    assertEquals("is a link to nothing", refusal(self, self));
    Path weights =
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("../../blobs/ab"));
    assertEquals("is a link to nothing", refusal(weights, weights));
    assertEquals(
        "is a link to nothing; download or copy the model again", refusal(folder, weights));
  }

  private static Path fifo(Path path) throws IOException, InterruptedException {
    Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
    assumeTrue(mkfifo.waitFor() == 0, "mkfifo is needed to make a named pipe");
    return path;
  }

  /// `snapshots/x/model.safetensors -> ../../blobs/…`, as the Hugging Face hub client stores
  /// models.
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void linksOutOfTheFolderAreFollowedAsTheHubCacheNeedsIt() throws IOException {
    file("1.safetensors", "a");
    index("{\"weight_map\":{\"a\":\"1.safetensors\"}}");
    Path blobs = Files.createDirectory(parent.resolve("blobs"));
    int i = 0;
    for (String name : Arrays.asList("1.safetensors", INDEX)) {
      Path blob = blobs.resolve("blob" + i++);
      Files.move(folder.resolve(name), blob);
      Files.createSymbolicLink(
          folder.resolve(name), Path.of("../blobs").resolve(blob.getFileName()));
    }
    assertEquals(List.of("a"), names());
    Path link = Files.createSymbolicLink(parent.resolve("link"), folder);
    try (Checkpoint checkpoint = Checkpoint.open(link)) {
      assertTrue(checkpoint.isFolder());
      assertEquals(1, checkpoint.shards().size());
    }
  }
}
