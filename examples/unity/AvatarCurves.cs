// Makes an animation clip from a .unity.json that avatar wrote.
//
// Put this file into a folder named Editor, below Assets. Select the head in the Hierarchy (it or what is below it has
// the blend shapes), then choose Tools > Avatar > Import Curves. The clip is saved beside the scene's assets, and plays
// on an Animator or Animation component of the object that was selected.

using System;
using System.Collections.Generic;
using System.IO;
using UnityEditor;
using UnityEngine;

public static class AvatarCurves
{
    [Serializable]
    public class Curve
    {
        public string name;
        public string unit;
        public float[] values;
    }

    [Serializable]
    public class Take
    {
        public string space;
        public float fps;
        public int frames;
        public Curve[] curves;
    }

    // Transforms that turn, by the curves that turn them: yaw to the subject's left, pitch down, roll.
    static readonly string[] Joints = { "head", "leftEye", "rightEye" };

    [MenuItem("Tools/Avatar/Import Curves")]
    static void ImportSelected()
    {
        GameObject head = Selection.activeGameObject;
        if (head == null)
        {
            EditorUtility.DisplayDialog("Avatar", "Select the head in the Hierarchy first.", "OK");
            return;
        }
        string path = EditorUtility.OpenFilePanel("Curves of avatar", "", "json");
        if (string.IsNullOrEmpty(path)) return;
        AnimationClip clip = MakeClip(Read(File.ReadAllText(path)), head.transform);
        string name = Path.GetFileName(path).Split('.')[0];
        AssetDatabase.CreateAsset(clip, AssetDatabase.GenerateUniqueAssetPath("Assets/" + name + ".anim"));
        AssetDatabase.SaveAssets();
    }

    // The curves of a file; every curve has as many values as there are frames.
    public static Take Read(string json)
    {
        Take take = JsonUtility.FromJson<Take>(json);
        if (take == null || take.curves == null || take.frames < 1 || !(take.fps > 0))
            throw new InvalidDataException("This is not a .unity.json of avatar.");
        foreach (Curve curve in take.curves)
            if (curve.values == null || curve.values.Length != take.frames)
                throw new InvalidDataException("The curve " + curve.name + " does not have a value for each frame.");
        return take;
    }

    // A clip that moves every blend shape and joint below root whose name is that of a curve, in any case.
    public static AnimationClip MakeClip(Take take, Transform root)
    {
        var clip = new AnimationClip { frameRate = take.fps };
        var curves = new Dictionary<string, Curve>(StringComparer.OrdinalIgnoreCase);
        foreach (Curve curve in take.curves) curves[curve.name] = curve;
        int moved = 0;
        foreach (SkinnedMeshRenderer skin in root.GetComponentsInChildren<SkinnedMeshRenderer>(true))
        {
            string path = AnimationUtility.CalculateTransformPath(skin.transform, root);
            for (int shape = 0; shape < skin.sharedMesh.blendShapeCount; shape++)
            {
                string name = skin.sharedMesh.GetBlendShapeName(shape);
                Curve curve;
                // Importers put the mesh's name and a dot in front of the shape's.
                if (!curves.TryGetValue(name.Substring(name.LastIndexOf('.') + 1), out curve)) continue;
                clip.SetCurve(path, typeof(SkinnedMeshRenderer), "blendShape." + name, Keys(take, t => curve.values[t]));
                moved++;
            }
        }
        foreach (Transform joint in root.GetComponentsInChildren<Transform>(true))
            if (Array.IndexOf(Joints, joint.name) >= 0) Turn(clip, take, curves, joint, root);
        if (moved == 0) throw new InvalidDataException("No blend shape below " + root.name + " has a curve's name.");
        return clip;
    }

    // Angles are those of glTF's axes; Unity's importers flip x, which turns yaw and roll round.
    static void Turn(AnimationClip clip, Take take, Dictionary<string, Curve> curves, Transform joint, Transform root)
    {
        Curve yaw, pitch, roll;
        if (!curves.TryGetValue(joint.name + "Yaw", out yaw)) return;
        if (!curves.TryGetValue(joint.name + "Pitch", out pitch)) return;
        if (!curves.TryGetValue(joint.name + "Roll", out roll)) return;
        Quaternion rest = joint.localRotation;
        var turns = new Quaternion[take.frames];
        for (int t = 0; t < take.frames; t++)
            turns[t] = rest
                * Quaternion.AngleAxis(-yaw.values[t], Vector3.up)
                * Quaternion.AngleAxis(pitch.values[t], Vector3.right)
                * Quaternion.AngleAxis(-roll.values[t], Vector3.forward);
        string path = AnimationUtility.CalculateTransformPath(joint, root);
        clip.SetCurve(path, typeof(Transform), "localRotation.x", Keys(take, t => turns[t].x));
        clip.SetCurve(path, typeof(Transform), "localRotation.y", Keys(take, t => turns[t].y));
        clip.SetCurve(path, typeof(Transform), "localRotation.z", Keys(take, t => turns[t].z));
        clip.SetCurve(path, typeof(Transform), "localRotation.w", Keys(take, t => turns[t].w));
    }

    // One key a frame, straight lines between them: frame t is the instant t / fps.
    static AnimationCurve Keys(Take take, Func<int, float> value)
    {
        var keys = new Keyframe[take.frames];
        for (int t = 0; t < take.frames; t++) keys[t] = new Keyframe(t / take.fps, value(t));
        var curve = new AnimationCurve(keys);
        for (int t = 0; t < take.frames; t++)
        {
            AnimationUtility.SetKeyLeftTangentMode(curve, t, AnimationUtility.TangentMode.Linear);
            AnimationUtility.SetKeyRightTangentMode(curve, t, AnimationUtility.TangentMode.Linear);
        }
        return curve;
    }
}
