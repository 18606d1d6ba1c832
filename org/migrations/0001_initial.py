import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DictEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dictionary', models.CharField(max_length=40, verbose_name='字典')),
                ('code', models.CharField(max_length=20, verbose_name='代码')),
                ('label', models.CharField(max_length=40, verbose_name='名称')),
                ('aliases', models.CharField(blank=True, help_text='导入时认得的其他写法, 用空格分开', max_length=200, verbose_name='别名')),
                ('sort', models.IntegerField(default=0, verbose_name='排序')),
                ('active', models.BooleanField(default=True, verbose_name='启用')),
                ('builtin', models.BooleanField(default=False, editable=False, verbose_name='内置')),
            ],
            options={
                'verbose_name': '字典',
                'verbose_name_plural': '字典',
                'ordering': ['dictionary', 'sort', 'id'],
                'constraints': [models.UniqueConstraint(fields=('dictionary', 'code'), name='dict_code_once'), models.UniqueConstraint(fields=('dictionary', 'label'), name='dict_label_once')],
            },
        ),
        migrations.CreateModel(
            name='Office',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(default='', editable=False, max_length=200)),
                ('name', models.CharField(max_length=60, verbose_name='机构名称')),
                ('kind', models.CharField(choices=[('company', '公司'), ('department', '部门'), ('site', '站点')], max_length=12, verbose_name='机构类型')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '一级'), (2, '二级'), (3, '三级'), (4, '四级')], verbose_name='机构级别')),
                ('code', models.CharField(max_length=12, verbose_name='机构编码')),
                ('sort', models.IntegerField(default=0, verbose_name='排序')),
                ('manager', models.CharField(blank=True, max_length=40, verbose_name='负责人')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
                ('address', models.CharField(blank=True, max_length=120, verbose_name='地址')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('active', models.BooleanField(default=True, verbose_name='启用')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office', verbose_name='所在公司')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='org.office', verbose_name='上级机构')),
            ],
            options={
                'verbose_name': '机构',
                'verbose_name_plural': '机构',
                'ordering': ['sort', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Parameter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, verbose_name='参数')),
                ('value', models.CharField(max_length=500, verbose_name='值')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='org.office', verbose_name='公司')),
            ],
            options={
                'verbose_name': '系统参数',
                'verbose_name_plural': '系统参数',
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.AddIndex(
            model_name='office',
            index=models.Index(fields=['path'], name='office_path', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.UniqueConstraint(fields=('parent', 'name'), name='office_name_once_per_parent', nulls_distinct=False, violation_error_message='同一上级机构下已有同名机构'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('company', 'code'), name='office_code_once_per_company', violation_error_message='本公司已有该机构编码'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='office_not_its_own_parent', violation_error_message='上级机构不能是自己'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', False), ('kind', 'company'), _connector='OR'), name='office_root_is_company', violation_error_message='没有上级的机构必须是公司'),
        ),
        migrations.AddConstraint(
            model_name='parameter',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='parameter_once_per_company'),
        ),
    ]
